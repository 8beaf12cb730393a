/** @file The course of training: loss and accuracy of all rows. */

import { trainingPicture } from "../charts/training.ts";
import { secondsText } from "../format.ts";
import { courses } from "../history.ts";
import type { Report } from "../schema.ts";
import { figure } from "./figure.ts";
import { type Html, html } from "./html.ts";

export function trainingSection({ history, rows }: Report): Html | undefined {
  const loss = courses(history, "loss");
  const accuracy = courses(history, "testAccuracy");
  if (loss.length + accuracy.length === 0) return undefined;
  const times = rows.map(({ name, stepSeconds }) => `${name} ${secondsText(stepSeconds)}`);
  return html`<section id="training">
<h2>Training</h2>
<div class="pair">
${
  loss.length > 0
    ? figure(
        trainingPicture(loss, rows, { id: "loss", title: "training loss" }),
        "Loss per epoch. The losses of different methods hold different terms; compare the course, not the height.",
      )
    : undefined
}${
  accuracy.length > 0
    ? figure(
        trainingPicture(accuracy, rows, { id: "accuracy", title: "test accuracy, %", scale: 100 }),
        "Accuracy on the test part after each epoch, for information: nothing is chosen by it.",
      )
    : undefined
}</div>
<p class="quiet">Time in training steps: ${times.join(", ")}.</p>
</section>
`;
}
