import { setTimeout as pause } from "node:timers/promises";
import { HttpError, inSpan } from "@shop/telemetry";

interface Coupon {
  readonly percent: number;
  readonly validUntil: string;
}

const couponStoreMs = 9;

const coupons = new Map<string, Coupon>([
  ["WELCOME", { percent: 10, validUntil: "2099-12-31" }],
  ["SUMMER", { percent: 15, validUntil: "2025-08-31" }],
]);

class CouponExpired extends HttpError {
  name = "CouponExpired";
}

/** The price after the coupon, in cents. */
export function applyCoupon(code: string, price: number): Promise<number> {
  return inSpan("apply coupon", { attributes: { "shop.coupon": code } }, async (span) => {
    const coupon = await findCoupon(code);
    span.addEvent("coupon found", { "shop.coupon.percent": coupon.percent });
    assertValid(code, coupon, new Date());
    return Math.round((price * (100 - coupon.percent)) / 100);
  });
}

async function findCoupon(code: string): Promise<Coupon> {
  await pause(couponStoreMs);
  const coupon = coupons.get(code);
  if (!coupon) throw new HttpError(422, `There is no coupon ${code}`);
  return coupon;
}

function assertValid(code: string, { validUntil }: Coupon, now: Date) {
  if (now > new Date(validUntil)) {
    throw new CouponExpired(422, `Coupon ${code} was valid until ${validUntil}`);
  }
}
