// SPDX-License-Identifier: Apache-2.0

import Foundation
import RelayProtocol
import Testing

/// Followers whose machine or network is gone, on a network of the test's own.
@Suite(.serialized) struct PeerTests {
  /// A relay's network, another for its peer, and a cable between the two, with a process in each that can be
  /// followed there; then the relay.
  private static let cabled = """
    ip link set lo up
    ip link add near type veth peer name far
    ip address add 192.0.2.1/24 dev near
    ip link set near up
    unshare -n sleep 120 >/dev/null 2>&1 &
    until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
    ip link set far netns $!
    nsenter -t $! -n ip address add 192.0.2.2/24 dev far
    nsenter -t $! -n ip link set far up
    peer=$!
    sleep 120 >/dev/null 2>&1 &
    echo $peer $! >"$0"
    exec "$@"
    """

  /// Whether this machine lets us have networks of our own.
  private static let mayCable: Bool = {
    guard Tool.unshare.isThere, Tool.nsenter.isThere else { return Tool.unshare.isExpected }
    let made = try? Command.run(
      Tool.unshare.rawValue,
      ["-rn", "/bin/sh", "-ec", "ip link add near type veth peer name far; unshare -n true"])
    return made?.status == 0
  }()

  /// Runs a command in the network of a process.
  private static func run(in process: Int32, _ command: String...) throws -> Command.Result {
    try Command.run(Tool.nsenter.rawValue, entering(process) + command)
  }

  private static func entering(_ process: Int32) -> [String] {
    ["-t", String(process), "-U", "--preserve-credentials", "-n"]
  }

  @Test(.enabled(if: mayCable, "no network of its own can be made here"))
  func `a follower whose cable is pulled is noticed, and no longer counted`() async throws {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    let socket = folder.appending(path: "operations").path
    let note = folder.appending(path: "peer")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    let relay = try RelayProcess(
      serving: home, log: folder.appending(path: "log"),
      through: [Tool.unshare.rawValue, "-rn", "/bin/sh", "-ec", Self.cabled, note.path],
      options: [
        "--port", "0", "--host", "0.0.0.0", "--tls", "off", "--plain-text", "anywhere",
        "--postage", "open", "--operations", socket, "--write-seconds", "1",
      ])
    let text = try String(contentsOf: note, encoding: .utf8)
    let guides = text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    try #require(guides.count == 2)
    let (peer, near) = (guides[0], guides[1])
    func release() { for guide in guides { kill(guide, SIGKILL) } }
    defer { release() }

    let body = folder.appending(path: "body").path
    func ask(_ request: RawRequest) throws -> String {
      try Data(request.body).write(to: URL(filePath: body))
      return try Command.run(
        Tool.nsenter.rawValue,
        Self.entering(near)
          + ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", request.method]
          + request.fields.flatMap { ["-H", "\($0.name): \($0.value)"] }
          + ["--data-binary", "@\(body)", "http://127.0.0.1:\(relay.port)\(request.path)"]
      ).output
    }
    func followers() throws -> String? {
      let metrics = try Command.run(
        "/usr/bin/curl", ["-s", "--unix-socket", socket, "http://operations/metrics"])
      return metrics.output.split(separator: "\n")
        .first { $0.hasPrefix("alcove_relay_followers ") }.map { String($0.dropFirst(23)) }
    }

    let member = try TestMember(seed: 1)
    #expect(try ask(member.create()) == "201")
    let follow = folder.appending(path: "follow")
    try Data(TestMember.follow([member.subscription()]).body).write(to: follow)
    let follower = Process()
    follower.executableURL = URL(filePath: Tool.nsenter.rawValue)
    follower.arguments =
      Self.entering(peer)
      + [
        "curl", "-sN", "-o", "/dev/null", "--data-binary", "@\(follow.path)",
        "http://192.0.2.1:\(relay.port)/v1/follow",
      ]
    follower.standardInput = FileHandle.nullDevice
    // Whoever waits for the end of the tests' output would wait for it.
    follower.standardOutput = FileHandle.nullDevice
    follower.standardError = FileHandle.nullDevice
    try follower.run()
    // It inherits from the tests which signals are blocked.
    defer { kill(follower.processIdentifier, SIGKILL) }
    for _ in 0..<200 where try followers() != "1" { try await Task.sleep(for: .milliseconds(50)) }
    #expect(try followers() == "1")

    // From here on nothing of it is answered any more.
    let cut = try Self.run(in: peer, "ip", "address", "del", "192.0.2.2/24", "dev", "far")
    #expect(cut.status == 0)
    // The first push is lost on the way; a later one finds that there is nobody.
    var left = 20
    while try followers() != "0", left > 0 {
      #expect(try ask(member.append()) == "201")
      try await Task.sleep(for: .seconds(1))
      left -= 1
    }
    #expect(left > 0)
    // They hold what tells of the relay's end.
    release()
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
  }
}
