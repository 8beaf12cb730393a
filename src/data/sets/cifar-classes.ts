/** @file The classes of CIFAR-10 (Krizhevsky 2009), shared by all its versions. */

export const cifarClasses = [
  ...["airplane", "automobile", "bird", "cat", "deer"],
  ...["dog", "frog", "horse", "ship", "truck"],
] as const;

export const cifarHomepage = "https://www.cs.toronto.edu/~kriz/cifar.html";

export const cifarLicence =
  "none stated; the authors ask to cite Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009";
