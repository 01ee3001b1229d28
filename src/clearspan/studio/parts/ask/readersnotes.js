// What the page says of counting: that it happens, and to a visit without overviews, that it has none and why.

import { format } from "../../address.js";
import { element } from "../../dom.js";
import { setCounted } from "../../readers.js";

const kept = () =>
  element("a", { href: format({ room: "audit", page: "readers" }), text: "What is kept, and how to switch it off" });

/** Under an answer that is counted. */
export const countedNote = () =>
  element("p", { class: "counted-note" }, "What is opened here is counted, without saying by whom. ", kept(), ".");

/** 0.1 as `One visit in 10`, 0.15 as `15 % of visits`. @param {number} share */
function inWords(share) {
  const each = 1 / share;
  return Math.abs(each - Math.round(each)) < 0.01
    ? `One visit in ${Math.round(each)} sees`
    : `${Math.round(share * 100)} % of visits see`;
}

/** Above the results of a visit that sees no overviews. @param {number} share @param {() => void} again */
export const heldOutNote = (share, again) =>
  element(
    "section",
    { class: "held-out", "aria-label": "No overview in this visit" },
    element("h2", { text: "Search results, without an overview" }),
    element("p", {
      text: `${inWords(share)} results alone, drawn by lot, so that it can be counted what overviews change. This is one of them.`,
    }),
    element(
      "p",
      { class: "actions" },
      element("button", {
        type: "button",
        text: "Do not count me, and answer",
        on: {
          click: () => {
            setCounted(false);
            again();
          },
        },
      }),
      kept(),
    ),
  );
