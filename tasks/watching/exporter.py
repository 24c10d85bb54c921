"""Metrics over HTTP; it needs the extra `exporter`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from ...errors import UsageError, get_extra
from .metrics import families
from .state import State

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

HERE: Final = "127.0.0.1"
_HIGHEST: Final = 65535
_MOST_DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class Address:
    """Where metrics are served."""

    host: str
    port: int

    @property
    def place(self) -> str:
        """`HOST:PORT`, with an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"http://{self.place}/metrics"


def address_of(text: str) -> Address:
    """`[HOST]:PORT`; without a host it is this machine only. Raises UsageError."""
    host, _, digits = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise UsageError(f"--metrics {text}: an IPv6 address stands in brackets")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS
    if not is_number or int(digits) > _HIGHEST:
        raise UsageError(f"--metrics {text}: this is no port", hint="write :9300, or HOST:9300")
    return Address(host or HERE, int(digits))


class Exporter:
    """Serves the metrics of a state until it is closed; `address` is where.

    Raises UsageError when the extra is missing, or nobody can listen there.
    """

    def __init__(self, state: Callable[[], State], where: Address) -> None:
        registry = registry_of(state)
        from prometheus_client import start_http_server

        try:
            self._server, self._thread = start_http_server(
                where.port, addr=where.host, registry=registry
            )
        except OSError as error:
            raise UsageError(
                f"nobody can listen on {where.place}: {error.strerror or error}"
            ) from None
        except UnicodeError:  # of a host with an empty part, or one that is too long
            raise UsageError(
                f"nobody can listen on {where.place}: it is no name of a host"
            ) from None
        self.address = Address(where.host, self._server.server_port)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def check_extra() -> None:
    """Raise UsageError when the extra is missing."""
    if find_spec("prometheus_client") is None:
        raise UsageError("prometheus_client is not installed", hint=get_extra("exporter"))


def registry_of(state: Callable[[], State]) -> CollectorRegistry:
    """What collects the metrics of the state when it is asked. Raises UsageError."""
    check_extra()
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
    from prometheus_client.registry import Collector, CollectorRegistry

    class _Collector(Collector):
        def describe(self) -> Iterator[Any]:
            """Nothing in advance: the names are ours alone."""
            return iter(())

        def collect(self) -> Iterator[Any]:
            """The metrics of now."""
            now = state()
            for family in families():
                make = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
                metric = make(family.name, family.about, labels=family.labels)
                for values, number in family.read(now):
                    metric.add_metric(list(values), float(number))
                yield metric

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    return registry
