const checkout = (cartId, more) => ({
  method: "POST",
  path: "/checkout",
  body: { cartId, country: "DE", card: "good", email: "buyer@example.com", ...more },
});
const get = (path) => ({ method: "GET", path });

/** A visit to the shop, over and over: what customers do, and what goes wrong for some of them. */
const visit = [
  get("/products"),
  get("/carts/breakfast"),
  checkout("breakfast"),
  get("/products/kettle"),
  checkout("reading", { coupon: "WELCOME", country: "FR" }),
  get("/carts/housewarming"),
  checkout("housewarming"),
  checkout("breakfast", { card: "flaky" }),
  checkout("reading", { coupon: "SUMMER" }),
  get("/carts/forgotten"),
  checkout("office"),
  checkout("breakfast", { card: "declined", country: "SE" }),
  get("/carts/reading"),
  checkout("breakfast", { country: "IS" }),
];

/** Sends the requests one after the other and returns how many got each status. */
export async function sendRequests(gatewayUrl, count) {
  const statuses = new Map();
  for (let sent = 0; sent < count; sent++) {
    const { method, path, body } = visit[sent % visit.length];
    const response = await fetch(gatewayUrl + path, { method, body: body && JSON.stringify(body) });
    await response.arrayBuffer();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
  }
  return statuses;
}
