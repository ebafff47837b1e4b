/** Something that holds a resource until it is disposed. */
export interface Disposable {
  dispose(): void;
}

/** A bag of what was opened: disposing the bag disposes all of it, last in first out, once. */
export class Bag implements Disposable {
  #items: Disposable[] = [];
  #disposed = false;

  /** Keeps `item` until the bag is disposed; an item added later than that is disposed at once. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    const items = this.#items;
    this.#items = [];
    for (let i = items.length - 1; i >= 0; i--) items[i].dispose();
  }
}
