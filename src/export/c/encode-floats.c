static void encode(workspace *space, char *planes) {
  float feature[ELEMENT_BITS];
  int first, i;
  uint32_t b;
  for (first = 0; first < TURNED; first += ELEMENT_BITS) {
    const uint8_t *from = space->samples + (size_t)first * SAMPLE_BYTES;
    uint32_t known = UINT32_MAX;
    for (b = 0; b < windows[WINDOWS - 1].end; ++b) {
      element plane = 0;
      if (bits[b].offset != known) {
        known = bits[b].offset;
        for (i = 0; i < ELEMENT_BITS; ++i) memcpy(&feature[i], from + (size_t)i * SAMPLE_BYTES + known, sizeof(float));
      }
      for (i = 0; i < ELEMENT_BITS; ++i) plane |= (element)(feature[i] > bits[b].threshold) << i;
      memcpy(planes + (size_t)bits[b].slot * VECTORS * sizeof(word) + first / 8, &plane, sizeof plane);
    }
  }
}
