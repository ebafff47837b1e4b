import { DatabaseSync } from "node:sqlite";

const catalogue = [
  ["mug-blue", "Blue mug", "kitchen", 1250],
  ["mug-red", "Red mug", "kitchen", 1250],
  ["kettle", "Kettle", "electronics", 4900],
  ["tea-green", "Green tea", "food", 890],
  ["tea-black", "Black tea", "food", 790],
  ["biscuits", "Oat biscuits", "food", 420],
  ["tray", "Bamboo tray", "kitchen", 2300],
  ["novel", "A novel", "books", 1600],
  ["atlas", "World atlas", "books", 5400],
  ["lamp", "Reading lamp", "electronics", 3800],
  ["blanket", "Wool blanket", "textiles", 7200],
  ["cushion", "Cushion", "textiles", 2600],
];

const carts = {
  breakfast: ["mug-blue", "tea-green", "biscuits"],
  reading: ["novel", "lamp", "blanket", "cushion", "mug-red"],
  housewarming: catalogue.map(([sku]) => sku),
};

/** Products, carts and orders, made anew at every start. */
export const shopDatabase = new DatabaseSync(":memory:");

shopDatabase.exec(`
  CREATE TABLE products (sku TEXT PRIMARY KEY, title TEXT, category TEXT, price INTEGER);
  CREATE TABLE cart_lines (cart_id TEXT, sku TEXT, quantity INTEGER);
  CREATE TABLE orders (id TEXT PRIMARY KEY, cart_id TEXT, total INTEGER, payment_id TEXT);
`);

for (const product of catalogue) {
  shopDatabase.prepare("INSERT INTO products VALUES (?, ?, ?, ?)").run(...product);
}
for (const [cartId, skus] of Object.entries(carts)) {
  for (const sku of skus) shopDatabase.prepare("INSERT INTO cart_lines VALUES (?, ?, 1)").run(cartId, sku);
}
shopDatabase.exec("INSERT INTO cart_lines VALUES ('office', 'kettle', 500)");
