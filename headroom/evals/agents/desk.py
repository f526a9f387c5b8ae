"""A service desk: customers with long lists of orders, and rules about what may be done to them."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING

from headroom.evals.agents.world import text, tool
from headroom.evals.items import seeded
from headroom_core.formats.wire import is_array, is_object, string

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from headroom_core.formats.wire import WireObject

CUSTOMERS, ORDERS = 12, 60
_PRODUCTS = "kettle lamp desk chair mirror rug shelf clock vase stool mattress blanket".split()
_COLOURS = "amber ivory teal slate coral olive".split()
_STREETS = "Mill Lane|Harbour Road|Station Street|Abbey Walk|Orchard Close".split("|")
_SYSTEM = (
    "You work at the service desk of a shop. Use the tools; do exactly what the customer asks for,"
    " once. Only orders with status `pending` can be cancelled or sent to another address; only"
    " items of `delivered` orders can be refunded. Say `done` when it is done."
)

Order = dict[str, object]


class Desk:
    """The shop's orders, and one wish of a customer: a cancellation, a new address or a refund."""

    system = _SYSTEM

    def __init__(self, seed: str) -> None:
        rng = seeded(f"desk {seed}")
        self.orders: dict[str, Order] = {}
        self._emails = [
            f"customer-{rng.randrange(10**6):06}@mail.example" for _ in range(CUSTOMERS)
        ]
        for at in range(CUSTOMERS):
            for _ in range(ORDERS):
                order = _order(rng, f"C{at:03}")
                self.orders[str(order["order_id"])] = order
        self._wanted = deepcopy(self.orders)
        self.task: str = self._wish(rng)

    def tools(self) -> list[WireObject]:
        return [
            tool("find_customer", "The id of a customer.", "email"),
            tool("list_orders", "All orders of a customer, as JSON.", "customer_id"),
            tool("cancel_order", "Cancel an order.", "order_id"),
            tool("change_address", "Send an order elsewhere.", "order_id", "address"),
            tool("refund_item", "Refund one item of an order.", "order_id", "item_id"),
        ]

    def call(self, name: str, arguments: Mapping[str, object]) -> str:
        match name:
            case "find_customer":
                email = text(arguments, "email")
                known = email in self._emails
                return f"C{self._emails.index(email):03}" if known else "Error: no such customer"
            case "list_orders":
                owner = text(arguments, "customer_id")
                found = [each for each in self.orders.values() if each["customer_id"] == owner]
                return json.dumps(found, indent=2) if found else "Error: no such customer"
            case "cancel_order" | "change_address" | "refund_item":
                return _change(self.orders, name, arguments)
            case _:
                return f"Error: there is no tool {name[:40]!r}"

    def is_done(self) -> bool:
        return self.orders == self._wanted

    def close(self) -> None:
        """Nothing: it is all in memory."""

    def _wish(self, rng: Random) -> str:
        """Choose what is wanted, and do it in the orders as they should become."""
        action = rng.choice(("cancel_order", "change_address", "refund_item"))
        status = "delivered" if action == "refund_item" else "pending"
        order = rng.choice([each for each in self.orders.values() if each["status"] == status])
        email = self._emails[int(str(order["customer_id"])[1:])]
        item, label = _items(order)[0]
        address = f"{rng.randrange(1, 99)} {rng.choice(_STREETS)}"
        call = {"order_id": order["order_id"], "address": address, "item_id": item}
        _change(self._wanted, action, call)
        wish = {
            "cancel_order": f"cancel the order with the {label}",
            "change_address": f"send the order with the {label} to {address} instead",
            "refund_item": f"refund the {label}, which came broken",
        }[action]
        return f"I am {email}. Please {wish}. It is the only such thing that I have ordered."


def _order(rng: Random, customer: str) -> Order:
    items: list[WireObject] = [
        {
            "item_id": f"I{rng.randrange(10**8):08}",
            "product": f"{rng.choice(_COLOURS)} {rng.choice(_PRODUCTS)} no. {rng.randrange(10**5)}",
            "price": rng.randrange(500, 90_000) / 100,
            "refunded": False,
        }
        for _ in range(rng.randrange(1, 4))
    ]
    return {
        "order_id": f"W{rng.randrange(10**8):08}",
        "customer_id": customer,
        "status": rng.choice(("pending", "delivered", "shipped", "cancelled")),
        "placed": f"2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
        "address": f"{rng.randrange(1, 99)} {rng.choice(_STREETS)}",
        "items": items,
    }


def _items(order: Order) -> list[tuple[str, str]]:
    """The id and the name of each item of an order."""
    return [(string(each, "item_id"), string(each, "product")) for each in _listed(order)]


def _listed(order: Order) -> list[WireObject]:
    items = order["items"]
    return [each for each in items if is_object(each)] if is_array(items) else []


def _change(orders: dict[str, Order], name: str, arguments: Mapping[str, object]) -> str:
    """Change an order as the rules allow."""
    order = orders.get(text(arguments, "order_id"))
    if order is None:
        return "Error: no such order"
    needed = "delivered" if name == "refund_item" else "pending"
    if order["status"] != needed:
        return f"Error: the order is {order['status']}, not {needed}"
    if name == "cancel_order":
        order["status"] = "cancelled"
    elif name == "change_address":
        order["address"] = text(arguments, "address")
    else:
        wanted = text(arguments, "item_id")
        found = [each for each in _listed(order) if each["item_id"] == wanted]
        if not found:
            return "Error: no such item in this order"
        found[0]["refunded"] = True
    return "ok"
