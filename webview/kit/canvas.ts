/** A canvas whose px are those of the page, however dense the screen is. */
export interface Canvas {
  readonly element: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
  /** Fits the drawing to the element's size; true when that has changed. */
  fit(width: number, height: number): boolean;
  /** The empty drawing, in px of the page. */
  clear(): CanvasRenderingContext2D;
}

export function createCanvas(className: string): Canvas {
  const element = document.createElement("canvas");
  element.className = className;
  element.setAttribute("aria-hidden", "true");
  const context = element.getContext("2d")!;
  let width = 0;
  let height = 0;
  let density = 1;
  return {
    element,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    fit(nextWidth, nextHeight) {
      const nextDensity = window.devicePixelRatio || 1;
      if (nextWidth === width && nextHeight === height && nextDensity === density) return false;
      width = nextWidth;
      height = nextHeight;
      density = nextDensity;
      element.width = Math.max(1, Math.round(width * density));
      element.height = Math.max(1, Math.round(height * density));
      element.style.width = `${width}px`;
      element.style.height = `${height}px`;
      return true;
    },
    clear() {
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, width, height);
      return context;
    },
  };
}

/** Widths of short texts in one font, measured once each. */
export function textMeasure(most = 4000): (context: CanvasRenderingContext2D, text: string) => number {
  let widths = new Map<string, number>();
  let font = "";
  return (context, text) => {
    if (context.font !== font || widths.size > most) {
      font = context.font;
      widths = new Map();
    }
    let width = widths.get(text);
    if (width === undefined) {
      width = context.measureText(text).width;
      widths.set(text, width);
    }
    return width;
  };
}

/** Calls `listener` with the element's size now and whenever it changes. */
export function watchSize(element: Element, listener: (width: number, height: number) => void): void {
  new ResizeObserver((entries) => {
    const { width, height } = entries[entries.length - 1].contentRect;
    listener(width, height);
  }).observe(element);
}
