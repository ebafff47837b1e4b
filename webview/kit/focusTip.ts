import { element } from "./dom.ts";

const EDGE_PX = 4;

/**
 * Shows below a control in `bar` what hovering over it says, while the keyboard has brought the focus to it; the next key takes it
 * away. Screen readers have the same from the control.
 */
export function showTipsOnFocus(bar: HTMLElement): void {
  const box = element("div", { class: "floating focus-tip", "aria-hidden": "true" });
  const hide = () => box.remove();
  bar.addEventListener("focusin", ({ target }) => {
    hide();
    if (!(target instanceof HTMLElement) || !isFocusVisible(target) || target.title === "") return;
    box.textContent = target.title;
    document.body.append(box);
    const at = target.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - box.offsetWidth - EDGE_PX);
    box.style.left = `${Math.max(EDGE_PX, left)}px`;
    box.style.top = `${at.bottom + EDGE_PX}px`;
  });
  bar.addEventListener("focusout", hide);
  bar.addEventListener("keydown", hide);
  bar.addEventListener("pointerdown", hide, true);
}

/** The focus ring is drawn on the real control inside the toolkit's. */
function isFocusVisible(target: HTMLElement): boolean {
  const { control = target } = target as HTMLElement & { readonly control?: HTMLElement };
  return control.matches(":focus-visible");
}
