import type { Theme } from "../kit/theme.ts";

/**
 * Bar colours after Okabe and Ito (2008): told apart with every common kind of colour blindness. Each set reaches a
 * contrast of 3:1 with the backgrounds it is for. Red is left to errors.
 */
export const barColors = {
  light: ["#0a559c", "#c77c00", "#00755c", "#cf6aa8", "#3d97cc", "#8a3100", "#6c5fc7", "#4d4d4d"],
  dark: ["#5aa9ea", "#e69f00", "#1fb98c", "#e08ac0", "#a6dcfa", "#f08650", "#e6d84a", "#757575"],
} as const;

/** How a bar is filled: the same colour comes again with another texture. */
export const textures = ["solid", "stripes", "dots"] as const;
export type Texture = (typeof textures)[number];

export interface ServiceLook {
  readonly color: string;
  /** Text that reads well on the colour. */
  readonly ink: string;
  readonly texture: Texture;
  /** One or two letters, different for every service: what tells services apart without colour. */
  readonly letters: string;
}

/** How each service looks, by its index. */
export function serviceLooks(names: readonly string[], kind: Theme["kind"]): ServiceLook[] {
  const colors = kind === "light" || kind === "contrastLight" ? barColors.light : barColors.dark;
  const letters = serviceLetters(names);
  return names.map((_, index) => {
    const color = colors[index % colors.length];
    return {
      color,
      ink: contrast(color, "#000000") >= contrast(color, "#ffffff") ? "#000000" : "#ffffff",
      texture: textures[Math.floor(index / colors.length) % textures.length],
      letters: letters[index],
    };
  });
}

/** Two letters for each name, the first of its words when they are free; none twice. */
export function serviceLetters(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    for (const candidate of candidates(name)) {
      const letters = candidate[0].toUpperCase() + candidate.slice(1).toLowerCase();
      if (taken.has(letters)) continue;
      taken.add(letters);
      return letters;
    }
    return String(index + 1);
  });
}

function* candidates(name: string): Generator<string> {
  const words = name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  if (words.length === 0) return;
  const first = [...words[0]];
  const number = words.slice(1).find((word) => /^[0-9]+$/.test(word));
  if (number !== undefined) yield number.length === 1 ? first[0] + number : number.slice(-2);
  const rest = [...words.slice(1).map((word) => [...word][0]), ...first.slice(1)];
  for (const letter of rest) if (letter !== undefined) yield first[0] + letter;
  if (rest.length === 0) yield first[0];
  for (let digit = 2; digit < 10; digit++) yield `${first[0]}${digit}`;
}

/** The contrast ratio of two #rrggbb colours as WCAG 2.2 defines it, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
