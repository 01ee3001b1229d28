// Reads an answer aloud with the voices of this computer. Voices that send the text to another host are not used, and
// without a voice of its own a browser has no such button.

import { element } from "../../dom.js";

/** The voices that speak here; English ones first. */
function voices() {
  const local = window.speechSynthesis?.getVoices().filter((voice) => voice.localService) ?? [];
  return local.filter((voice) => /^en\b/i.test(voice.lang)).concat(local.filter((voice) => !/^en\b/i.test(voice.lang)));
}

/** Sentences, because some browsers fall silent in the middle of a long text. @param {string} text */
const sentences = (text) => text.split(/(?<=[.!?])\s+/).filter(Boolean);

export function createReadAloud() {
  const synthesis = window.speechSynthesis;
  let text = "";
  let reading = 0;
  const button = element("button", {
    type: "button",
    class: "quiet read-aloud",
    hidden: true,
    text: "Read aloud",
    on: { click: () => (reading ? stop() : start()) },
  });

  function show() {
    button.hidden = !text || !voices().length;
    button.textContent = reading ? "Stop reading" : "Read aloud";
  }

  function start() {
    const own = Date.now();
    const [voice] = voices();
    reading = own;
    synthesis.cancel();
    const parts = sentences(text);
    parts.forEach((part, index) => {
      const said = new SpeechSynthesisUtterance(part);
      said.voice = voice;
      said.lang = voice.lang;
      const isLast = index === parts.length - 1;
      said.onend = () => isLast && reading === own && ended();
      said.onerror = () => reading === own && stop();
      synthesis.speak(said);
    });
    show();
  }

  function ended() {
    reading = 0;
    show();
  }

  function stop() {
    if (!reading) return;
    reading = 0;
    synthesis.cancel();
    show();
  }

  synthesis?.addEventListener?.("voiceschanged", show);
  window.addEventListener("pagehide", stop);
  return {
    element: button,
    /** Another answer, or none: what is being read stops. @param {string} spoken */
    offer(spoken) {
      stop();
      text = spoken;
      show();
    },
  };
}
