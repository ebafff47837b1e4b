import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDivider,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeProgressRing,
  vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { type Child, customElement, setAttribute } from "./dom.ts";
import { type IconName, icon } from "./icon.ts";

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDivider(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodePanels(),
  vsCodePanelTab(),
  vsCodePanelView(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);

/** A button that shows a drawing: `label` is its name for a screen reader, `title` what hovering says. */
export function iconButton(
  name: IconName,
  label: string,
  onPress: () => void,
  title: string = label,
): HTMLElement {
  const button = customElement(
    "vscode-button",
    { appearance: "icon", "aria-label": label, title },
    icon(name),
  );
  button.addEventListener("click", onPress);
  return button;
}

/** A button that says what it does. */
export function button(
  text: string,
  onPress: () => void,
  props: { readonly secondary?: boolean; readonly icon?: IconName; readonly title?: string } = {},
): HTMLElement {
  const made = customElement("vscode-button", {
    appearance: props.secondary ? "secondary" : "primary",
    title: props.title,
  });
  if (props.icon !== undefined) {
    const start = icon(props.icon);
    start.setAttribute("slot", "start");
    made.append(start);
  }
  made.append(text);
  made.addEventListener("click", onPress);
  return made;
}

/** Says whether a button that switches something is on, to eyes and to screen readers. */
export function setPressed(target: HTMLElement, pressed: boolean): void {
  // The toolkit's button hands this on to the real one inside it only when it comes as a property.
  target.ariaPressed = String(pressed);
  target.classList.toggle("pressed", pressed);
}

/**
 * Says why a button cannot be used now; undefined that it can. It still takes the focus, so that the reason is there without a
 * pointer too, and still calls its `onPress`, which has to see to it.
 */
export function setDisabled(target: HTMLElement, why: string | undefined): void {
  const disabled = why === undefined ? null : "true";
  if (target.ariaDisabled !== disabled) target.ariaDisabled = disabled;
  // The real button is inside, and there once the document has the other.
  const { control } = target as HTMLElement & { readonly control?: HTMLElement };
  for (const each of [target, control]) if (each) setAttribute(each, "aria-description", why);
}

export interface TextField {
  readonly element: HTMLElement;
  readonly value: string;
  set(value: string): void;
  /** Puts the caret in it with its text selected. */
  focus(): void;
}

/** A line of text that tells of every change. */
export function textField(label: string, placeholder: string, onInput: (text: string) => void): TextField {
  const made = customElement("vscode-text-field", { "aria-label": label, placeholder }) as HTMLElement & {
    value: string;
    control?: HTMLInputElement;
  };
  made.addEventListener("input", () => onInput(made.value));
  return {
    element: made,
    get value() {
      return made.value ?? "";
    },
    set(value) {
      if (made.value !== value) made.value = value;
    },
    focus() {
      // The editor hears the key too and asks a moment later: what has been typed since is not selected.
      if (document.activeElement === made) return;
      made.focus();
      made.control?.select();
    },
  };
}

export interface Checkbox {
  readonly element: HTMLElement;
  set(checked: boolean): void;
}

export function checkbox(label: Child, name: string, onChange: (checked: boolean) => void): Checkbox {
  const made = customElement("vscode-checkbox", { "aria-label": name }, label) as HTMLElement & {
    checked: boolean;
  };
  // The toolkit names a checkbox by its text whenever it is put into the document, letters and counts run together.
  new MutationObserver(() => {
    if (made.getAttribute("aria-label") !== name) made.setAttribute("aria-label", name);
  }).observe(made, { attributeFilter: ["aria-label"] });
  let telling = true;
  made.addEventListener("change", () => {
    if (telling) onChange(made.checked);
  });
  return {
    element: made,
    set(checked) {
      telling = false;
      made.checked = checked;
      telling = true;
    },
  };
}

/** A choice of one of several; `onChange` gets the number of the option. */
export function dropdown(
  label: string,
  options: readonly string[],
  selected: number,
  onChange: (index: number) => void,
): HTMLElement {
  const made = customElement("vscode-dropdown", { "aria-label": label }) as HTMLElement & {
    selectedIndex: number;
  };
  options.forEach((text, index) => {
    made.append(customElement("vscode-option", { value: String(index), selected: index === selected }, text));
  });
  made.addEventListener("change", () => onChange(made.selectedIndex));
  return made;
}

/** Pages of which one is seen; `onChange` gets the number of the one that a person has chosen. */
export function tabs(
  pages: readonly { readonly label: string; readonly content: HTMLElement }[],
  onChange: (index: number) => void,
): { readonly element: HTMLElement; show(index: number): void; hide(index: number, hidden: boolean): void } {
  const made = customElement("vscode-panels", {}) as HTMLElement & { activeid: string };
  const idOf = (index: number) => `tab-${index}`;
  pages.forEach(({ label }, index) => {
    made.append(customElement("vscode-panel-tab", { id: idOf(index) }, label));
  });
  pages.forEach(({ content }, index) => {
    made.append(customElement("vscode-panel-view", { id: `view-${index}` }, content));
  });
  let shown = 0;
  made.addEventListener("change", (event) => {
    if (event.target !== made) return;
    const index = pages.findIndex((_, each) => idOf(each) === made.activeid);
    if (index < 0 || index === shown) return;
    shown = index;
    onChange(index);
  });
  return {
    element: made,
    show(index) {
      shown = index;
      if (made.activeid !== idOf(index)) made.activeid = idOf(index);
    },
    hide(index, hidden) {
      const tab = made.querySelector<HTMLElement>(`#${idOf(index)}`);
      if (tab !== null) tab.hidden = hidden;
    },
  };
}

export function badge(text: string): HTMLElement {
  return customElement("vscode-badge", {}, text);
}

export function progressRing(label: string): HTMLElement {
  return customElement("vscode-progress-ring", { "aria-label": label });
}

export function divider(): HTMLElement {
  return customElement("vscode-divider", { role: "separator", "aria-orientation": "vertical" });
}
