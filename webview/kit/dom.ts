type Listeners = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

/** Attributes by name, and listeners under `on`; `undefined` and `false` leave an attribute out, `true` sets it empty. */
export interface Props {
  readonly on?: Listeners;
  readonly [attribute: string]: string | number | boolean | undefined | Listeners;
}

export type Child = Node | string | undefined | false;

/** Makes an element: strings become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return furnish(document.createElement(tag), props, children);
}

/** Makes a custom element of the toolkit. */
export function customElement(tag: string, props: Props = {}, ...children: Child[]): HTMLElement {
  return furnish(document.createElement(tag), props, children);
}

function furnish<T extends HTMLElement>(made: T, props: Props, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "object") listen(made, value);
    else if (name === "class") made.className = String(value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return made;
}

function listen(target: HTMLElement, listeners: Listeners): void {
  for (const [type, listener] of Object.entries(listeners)) {
    target.addEventListener(type, listener as EventListener);
  }
}

/** Sets or removes an attribute, and leaves the document alone when it has the value already. */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) {
    if (target.hasAttribute(name)) target.removeAttribute(name);
  } else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Sets the text of an element, and leaves the document alone when it says so already. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
