"""What is on the shelves, and what is reserved for an order."""

import sqlite3
import threading

from telemetry import in_span, query

SHELVES = {
    "mug-blue": 900,
    "mug-red": 900,
    "kettle": 120,
    "tea-green": 800,
    "tea-black": 800,
    "biscuits": 950,
    "tray": 400,
    "novel": 300,
    "atlas": 150,
    "lamp": 220,
    "blanket": 180,
    "cushion": 260,
}

database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
database.execute("CREATE TABLE stock (sku TEXT PRIMARY KEY, on_hand INTEGER)")
database.execute("CREATE TABLE reservations (order_id TEXT, sku TEXT, quantity INTEGER)")
database.executemany("INSERT INTO stock VALUES (?, ?)", SHELVES.items())
one_reservation_at_a_time = threading.Lock()


class OutOfStock(Exception):
    """There is less of a product than an order asks for."""


def on_hand(skus: list[str]) -> dict[str, int]:
    """The pieces of each product, by one query for all of them."""
    places = ", ".join("?" for _ in skus)
    return dict(query(database, f"SELECT sku, on_hand FROM stock WHERE sku IN ({places})", *skus))


def reserve(order_id: str, lines: list[dict]) -> None:
    """Takes every line of an order off the shelves, or raises ``OutOfStock`` and takes none."""
    with in_span("reserve stock", attributes={"shop.order.id": order_id, "shop.lines": len(lines)}) as span:
        with one_reservation_at_a_time:
            span.add_event("lock acquired")
            for line in lines:
                check_line(line["sku"], line["quantity"])
            for line in lines:
                take_line(order_id, line["sku"], line["quantity"])


def check_line(sku: str, quantity: int) -> None:
    rows = query(database, "SELECT on_hand FROM stock WHERE sku = ?", sku)
    available = rows[0][0] if rows else 0
    if available < quantity:
        raise OutOfStock(f"{quantity} of {sku} are asked for, {available} are there")


def take_line(order_id: str, sku: str, quantity: int) -> None:
    query(database, "UPDATE stock SET on_hand = on_hand - ? WHERE sku = ?", quantity, sku)
    query(database, "INSERT INTO reservations VALUES (?, ?, ?)", order_id, sku, quantity)


def release(order_id: str) -> int:
    """Puts back what an order had reserved, and tells how many lines that were."""
    lines = query(database, "SELECT sku, quantity FROM reservations WHERE order_id = ?", order_id)
    for sku, quantity in lines:
        query(database, "UPDATE stock SET on_hand = on_hand + ? WHERE sku = ?", quantity, sku)
    query(database, "DELETE FROM reservations WHERE order_id = ?", order_id)
    return len(lines)
