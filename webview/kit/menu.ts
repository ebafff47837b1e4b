import { iconButton } from "./controls.ts";
import { element } from "./dom.ts";
import { type IconName, icon } from "./icon.ts";

/** A line of a menu. */
export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  /** Its key as it is printed, "" for none. */
  readonly key: string;
  /** For what switches something: whether it is on. */
  readonly checked?: boolean;
  /** Why it cannot be used now; undefined when it can. Chosen, it is still run, to say so, and the menu stays. */
  readonly disabled?: string;
  run(): void;
}

const EDGE_PX = 4;

/**
 * A button that opens a menu of `groups`, which are asked for each time. Arrows, Home, End and first letters walk, Enter and
 * Space choose, Escape and Tab close; the focus is back on the button before an item runs.
 */
export function menuButton(
  name: IconName,
  label: string,
  groups: () => readonly (readonly MenuItem[])[],
): HTMLElement {
  let opened: HTMLElement | undefined;
  const open = () => {
    const menu = menuElement(label, groups(), (run) => {
      close();
      button.focus();
      run();
    });
    opened = menu;
    document.body.append(menu);
    place(menu, button);
    setExpanded(true);
    itemsOf(menu)[0]?.focus();
    document.addEventListener("pointerdown", closeOutside, true);
    window.addEventListener("resize", close);
    window.addEventListener("blur", close);
  };
  const close = () => {
    opened?.remove();
    opened = undefined;
    setExpanded(false);
    document.removeEventListener("pointerdown", closeOutside, true);
    window.removeEventListener("resize", close);
    window.removeEventListener("blur", close);
  };
  const closeOutside = (event: PointerEvent) => {
    const path = event.composedPath();
    if (opened !== undefined && !path.includes(opened) && !path.includes(button)) close();
  };
  const button = iconButton(name, label, () => (opened === undefined ? open() : close()));
  const setExpanded = (expanded: boolean) => {
    // As with what is pressed: the toolkit hands properties on to the real button inside.
    button.ariaHasPopup = "menu";
    button.ariaExpanded = String(expanded);
  };
  button.setAttribute("aria-haspopup", "menu");
  setExpanded(false);
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || opened !== undefined) return;
    event.preventDefault();
    event.stopPropagation();
    open();
  });
  return button;
}

/** `choose` is given what an item runs, and nothing to run when the menu is only to be closed. */
function menuElement(
  label: string,
  groups: readonly (readonly MenuItem[])[],
  choose: (run: () => void) => void,
): HTMLElement {
  const menu = element("div", { class: "menu", role: "menu", "aria-label": label });
  for (const group of groups.filter((each) => each.length > 0)) {
    if (menu.hasChildNodes()) menu.append(element("div", { class: "menu-line", role: "separator" }));
    menu.append(...group.map((item) => itemElement(item, choose)));
  }
  const step = (event: KeyboardEvent): HTMLElement | undefined => {
    const items = itemsOf(menu);
    const at = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === "ArrowDown") return items[(at + 1) % items.length];
    if (event.key === "ArrowUp") return items[(at <= 0 ? items.length : at) - 1];
    if (event.key === "Home") return items[0];
    if (event.key === "End") return items[items.length - 1];
    const letter = event.key.toLowerCase();
    if (letter.length !== 1 || letter === " ") return undefined;
    const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    return after.find((item) => item.textContent?.toLowerCase().startsWith(letter));
  };
  menu.addEventListener("keydown", (event) => {
    // Single keys are actions of the page and of the editor: none of them is meant while a menu is open.
    event.stopPropagation();
    if (event.key === "Tab") return choose(() => {});
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.key === "Escape") return choose(() => {});
    if (event.key === "Enter" || event.key === " ") return (document.activeElement as HTMLElement).click();
    step(event)?.focus();
  });
  return menu;
}

function itemElement(item: MenuItem, choose: (run: () => void) => void): HTMLElement {
  const why = item.disabled;
  return element(
    "div",
    {
      class: "menu-item",
      role: item.checked === undefined ? "menuitem" : "menuitemcheckbox",
      tabindex: -1,
      "aria-label": item.label,
      "aria-checked": item.checked === undefined ? undefined : String(item.checked),
      "aria-disabled": why === undefined ? undefined : "true",
      "aria-description": why,
      "aria-keyshortcuts": item.key === "" ? undefined : item.key,
      title: why,
      on: {
        click: () => {
          if (why === undefined) choose(item.run);
          else item.run();
        },
        pointermove: (event) => (event.currentTarget as HTMLElement).focus({ preventScroll: true }),
      },
    },
    icon(item.icon),
    element("span", { class: "menu-label" }, item.label),
    element("span", { class: "menu-key" }, item.key),
  );
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>(".menu-item")];
}

/** Below the button and as far to the right as the page goes; what has no room there scrolls. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const left = Math.min(at.left, innerWidth - menu.offsetWidth - EDGE_PX);
  menu.style.left = `${Math.max(EDGE_PX, left)}px`;
  menu.style.top = `${at.bottom + 2}px`;
  menu.style.maxHeight = `${Math.max(80, innerHeight - at.bottom - 2 - EDGE_PX)}px`;
}
