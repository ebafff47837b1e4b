"""The inventory's HTTP interface: stock levels, reservations and releases."""

import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from opentelemetry.trace import Span

import stock
from telemetry import serve_span, start_telemetry
from warehouses import choose_warehouse


class Inventory(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/stock":
            self.show_stock(parse_qs(url.query)["skus"][0].split(","))
        else:
            self.answer(200 if url.path == "/health" else 404, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/reservations":
            self.make_reservation(body["orderId"], body["lines"])
        elif self.path == "/releases":
            self.release_order(body["orderId"])
        else:
            self.answer(404, {"error": "No such route"})

    def show_stock(self, skus: list[str]) -> None:
        with serve_span("GET /stock", self.headers) as span:
            self.answer(200, stock.on_hand(skus), span)

    def make_reservation(self, order_id: str, lines: list[dict]) -> None:
        with serve_span("POST /reservations", self.headers) as span:
            try:
                stock.reserve(order_id, lines)
                self.answer(200, {"warehouse": choose_warehouse()}, span)
            except stock.OutOfStock as problem:
                self.answer(409, {"error": str(problem)}, span)

    def release_order(self, order_id: str) -> None:
        with serve_span("POST /releases", self.headers) as span:
            self.answer(200, {"lines": stock.release(order_id)}, span)

    def answer(self, status: int, body: dict, span: Span | None = None) -> None:
        if span:
            span.set_attribute("http.response.status_code", status)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args) -> None:
        """Requests are traced, not logged."""


def main() -> None:
    provider = start_telemetry("inventory", "3.2.0")
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Inventory)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    provider.shutdown()


if __name__ == "__main__":
    main()
