"""Nothing reaches a network past our own client, whatever a page tries: recording listeners at the
addresses that it tries, and Chromium's own log of its network."""

import json
import socket
import threading
from pathlib import Path

import pytest

from workers.adapters.browser import chromium as chromium_module

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(120)]

TEXT = "The council of the town voted on Monday to rebuild the old bridge. " * 6
# each of these would be a request of its own; ORIGIN is an address that must not be asked
ATTEMPTS = """<!doctype html><html><head>
<link rel="dns-prefetch" href="//dns-prefetch.example"><link rel="preconnect" href="ORIGIN">
<link rel="prefetch" href="ORIGIN/prefetch"><link rel="preload" as="script" href="ORIGIN/preload">
<link rel="modulepreload" href="ORIGIN/modulepreload"><link rel="icon" href="ORIGIN/icon">
<link rel="manifest" href="ORIGIN/manifest"><link rel="stylesheet" href="ORIGIN/style">
<style>@import "ORIGIN/import"; @font-face {font-family: f; src: url(ORIGIN/font)}
p {font-family: f; background: url(ORIGIN/background)}</style>
<script type="speculationrules">{"prefetch": [{"urls": ["ORIGIN/speculated", "/speculated"]}],
"prerender": [{"urls": ["/prerendered"]}]}</script>
<script src="ORIGIN/script"></script><script type="module">import "ORIGIN/module"</script>
<meta http-equiv="refresh" content="0;url=ORIGIN/refresh"></head><body><p>TEXT</p>
<iframe src="ORIGIN/frame"></iframe><iframe srcdoc="<img src='ORIGIN/srcdoc'>"></iframe>
<object data="ORIGIN/object"></object><embed src="ORIGIN/embed"><video src="ORIGIN/video"></video>
<audio src="ORIGIN/audio" autoplay></audio><img src="ORIGIN/picture"><img srcset="ORIGIN/set 2x">
<a id="link" href="ORIGIN/link" target="_blank" ping="ORIGIN/ping">x</a>
<form id="form" action="ORIGIN/form" method="post"></form>
<script>
const attempt = (what) => { try { const p = what(); p?.catch?.(() => 0) } catch (e) {} };
attempt(() => navigator.sendBeacon("ORIGIN/beacon", "x"));
attempt(() => fetch("ORIGIN/keepalive", {keepalive: true}));
attempt(() => fetch("ORIGIN/post", {method: "POST", mode: "no-cors", body: "x"}));
attempt(() => fetch("/redirect"));
attempt(() => fetch("file:///etc/passwd"));
attempt(() => new EventSource("ORIGIN/events"));
attempt(() => new WebSocket("ws://PRIVATE/socket"));
attempt(() => new WebTransport("https://PRIVATE/transport"));
attempt(() => navigator.serviceWorker.register("/service-worker.js"));
attempt(() => new SharedWorker("/shared-worker.js"));
const work = `try { new WebSocket("ws://PRIVATE/worker-socket") } catch (e) {}
  fetch("ORIGIN/worker").catch(() => 0); try { importScripts("ORIGIN/imported") } catch (e) {}`;
attempt(() => new Worker(URL.createObjectURL(new Blob([work]))));
const frame = document.createElement("iframe");
document.body.append(frame);
for (const view of [window, frame.contentWindow, frames[1]]) {
  attempt(() => {
    const peer = new view.RTCPeerConnection({iceServers: [{urls: "stun:STUN"}]});
    peer.createDataChannel("x");
    return peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  });
  attempt(() => view.open("ORIGIN/window"));
  attempt(() => view.fetch("ORIGIN/view"));
}
attempt(() => link.click());
attempt(() => form.submit());
setTimeout(() => { location = "ORIGIN/location" }, 50);
</script></body></html>"""


class UdpListener:
    """Notes every datagram."""

    def __init__(self, address):
        self.received = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while data := self._socket.recv(2048):
            if data == b"stop":
                return
            self.received.append(data)

    def close(self):
        self._socket.sendto(b"stop", self._socket.getsockname())
        self._thread.join()
        self._socket.close()


@pytest.fixture
def udp_listener():
    made = UdpListener("127.0.0.2")
    yield made
    made.close()


@pytest.fixture(params=["isolated", "by flags only"])
def network_log(request, renderer, monkeypatch, tmp_path):
    """The file of Chromium's own log of its network, in a browser that is started for this test:
    without any network, where the system permits that, and with nothing but its flags."""
    path = tmp_path / "network.json"
    flags = (*chromium_module.FLAGS, f"--log-net-log={path}", "--net-log-capture-mode=Everything")
    monkeypatch.setattr(chromium_module, "FLAGS", flags)
    if request.param == "by flags only":

        async def no_isolation():
            return ()

        monkeypatch.setattr(chromium_module, "_isolation", no_isolation)
    renderer.stop()
    yield path
    renderer.stop()


def sent_by_chromium(path: Path) -> list[tuple[str, object]]:
    """Every connection, datagram and look-up of a name that Chromium itself has begun."""
    log = json.loads(path.read_text(encoding="utf-8"))
    names = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    began = {"TCP_CONNECT_ATTEMPT", "UDP_BYTES_SENT", "DNS_TRANSACTION", "SOCKET_BYTES_SENT"}
    began |= {"HOST_RESOLVER_SYSTEM_TASK", "HOST_RESOLVER_DNS_TASK", "SSL_CONNECT"}
    assert began & set(names.values())
    return [
        (names[event["type"]], event.get("params"))
        for event in log["events"]
        if names[event["type"]] in began
    ]


@pytest.fixture
def page_of_attempts(site, private_site, udp_listener):
    """A page that tries everything, on a site whose /redirect leads to the private one."""

    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", f"{private_site.home}redirected")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.answers["/redirect"] = redirect
    html = ATTEMPTS.replace("ORIGIN", private_site.home.rstrip("/")).replace("TEXT", TEXT)
    html = html.replace("PRIVATE", f"127.0.0.2:{private_site.port}")
    return html.replace("STUN", f"127.0.0.2:{udp_listener.port}")


def test_no_request_goes_past_our_client(draw, page_of_attempts, network_log, request):
    drawn = draw(page_of_attempts)
    assert TEXT.strip() in drawn.html.decode()
    request.getfixturevalue("renderer").stop()  # which completes the log
    assert request.getfixturevalue("private_site").asked == []
    assert request.getfixturevalue("udp_listener").received == []
    assert set(request.getfixturevalue("site").paths()) <= {"/redirect"}
    assert sent_by_chromium(network_log) == []


def test_our_client_refuses_a_private_address_that_is_called_the_outlets_own(private_site, draw):
    """The last line: a name of the outlet that leads to a private address."""
    html = f"<!doctype html><body><p>{TEXT}</p><script src={private_site.home}a></script></body>"
    host = f"127.0.0.2:{private_site.port}"
    drawn = draw(html, sections=(f"http://{host}/",))
    assert drawn.requests == 1
    assert private_site.asked == []
