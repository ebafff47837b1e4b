import { callJson, HttpError, query, serveSpan } from "@shop/telemetry";
import { shopDatabase } from "./shopDatabase.js";

const inventoryUrl = process.env.INVENTORY_URL;

export function listProducts(request) {
  return serveSpan("GET /products", request, async () => {
    return { status: 200, body: await loadProducts() };
  });
}

export function showProduct(request, sku) {
  return serveSpan("GET /products/:sku", request, async (span) => {
    span.setAttribute("shop.product.sku", sku);
    return { status: 200, body: await loadProduct(sku) };
  });
}

async function loadProducts() {
  const products = await query(shopDatabase, "SELECT sku, title, price FROM products ORDER BY title");
  return withStock(products);
}

async function loadProduct(sku) {
  const products = await query(shopDatabase, "SELECT sku, title, price FROM products WHERE sku = ?", sku);
  if (products.length === 0) throw new HttpError(404, `There is no product ${sku}`);
  const [product] = await withStock(products);
  return product;
}

async function withStock(products) {
  const skus = products.map(({ sku }) => sku).join(",");
  const onHand = await callJson("GET", `${inventoryUrl}/stock?skus=${skus}`);
  return products.map((product) => ({ ...product, onHand: onHand[product.sku] }));
}
