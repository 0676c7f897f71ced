// Before any script of a page, in each of its frames: no way to the network that requests do not
// take, and no further windows. The browser's flags refuse the same; this saves the attempts.
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "SharedWorker"]) {
  Object.defineProperty(window, name, { value: undefined });
}
Object.defineProperty(window, "open", { value: () => null });
