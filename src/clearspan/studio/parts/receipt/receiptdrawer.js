// The receipt of an answer in a drawer, with the way to the room where it can be replayed.

import { closeOverlay, format } from "../../address.js";
import * as api from "../../api.js";
import { element } from "../../dom.js";
import { createDrawer } from "../shared/drawer.js";
import { problemView } from "../shared/problem.js";
import { receiptView } from "./receipt.js";

/** @typedef {import("../../address.js").Address} Address */
/** @typedef {import("../../types.js").Receipt} Receipt */

/** @param {(id: string) => Receipt | undefined} atHand receipts that need not be fetched */
export function createReceiptDrawer(atHand) {
  const drawer = createDrawer("Receipt", () => closeOverlay(["receipt"]));
  let shown = "";

  /** @param {string} id @param {Address} address */
  async function load(id, address) {
    drawer.body.replaceChildren(element("p", { class: "muted loading", text: "Fetching the receipt …" }));
    try {
      const receipt = atHand(id) ?? (await api.receipt(id));
      if (shown !== id) return;
      const { document: opened, span, ...at } = address;
      const audit = element("a", {
        href: format({ room: "audit", receipt: id }),
        text: "Open in Audit, to replay it",
      });
      drawer.body.replaceChildren(receiptView(receipt, at), element("p", { class: "till-after" }, audit));
    } catch (error) {
      if (shown === id) drawer.body.replaceChildren(problemView(error, { retry: () => load(id, address) }));
    }
  }

  return {
    /** Follows the address. @param {Address} address */
    update(address) {
      const id = address.receipt ?? "";
      if (id) drawer.show();
      else drawer.hide();
      if (id === shown) return;
      shown = id;
      if (id) void load(id, address);
    },
  };
}
