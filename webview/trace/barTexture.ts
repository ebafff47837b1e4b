import type { ServiceLook } from "./palette.ts";

type Fill = string | CanvasPattern;

/** What fills the bars of each service: its colour, or a pattern of it and of a lighter line. */
export function barFills(looks: readonly ServiceLook[], background: string): Fill[] {
  return looks.map((look) => (look.texture === "solid" ? look.color : pattern(look, background)));
}

function pattern(look: ServiceLook, background: string): Fill {
  const size = look.texture === "stripes" ? 8 : 6;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const context = tile.getContext("2d")!;
  context.fillStyle = look.color;
  context.fillRect(0, 0, size, size);
  context.fillStyle = background;
  context.strokeStyle = background;
  context.globalAlpha = 0.7;
  if (look.texture === "dots") {
    context.beginPath();
    context.arc(3, 3, 1.1, 0, Math.PI * 2);
    context.fill();
  } else {
    context.lineWidth = 1.4;
    context.beginPath();
    for (const x of [-size, 0, size]) {
      context.moveTo(x, size);
      context.lineTo(x + size, 0);
    }
    context.stroke();
  }
  return context.createPattern(tile, "repeat") ?? look.color;
}
