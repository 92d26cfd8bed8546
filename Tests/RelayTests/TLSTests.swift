// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Relay
import RelayProtocol
import Testing

/// The relay's own side of TLS: which version, which protocol, and how long it waits.
@Suite struct TLSTests {
  private static let now = Int64(Date().timeIntervalSince1970)

  /// A certificate of an authority of its own, good for an hour.
  static func certificate() throws -> (ServerCertificate, PrivateAuthority) {
    let authority = try PrivateAuthority(now: now)
    let (chain, key) = try authority.issue(
      ["localhost", "127.0.0.1"], from: now - 60, until: now + 3_600)
    return (try ServerCertificate(chain: Array(chain.utf8), key: Array(key.utf8)), authority)
  }

  static func run<Answer: Sendable>(
    _ limits: RelayLimits = RelayLimits(),
    _ body: @Sendable @escaping (LiveRelay, PrivateAuthority) async throws -> Answer
  ) async throws -> Answer {
    let (certificate, authority) = try certificate()
    return try await LiveRelay.run(limits, certificate: certificate) {
      try await body($0, authority)
    }
  }

  /// Whether a handshake with these versions succeeds.
  private static func handshake(
    _ port: Int, from lowest: TLSVersion, to highest: TLSVersion
  ) async throws -> Bool {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    configuration.minimumTLSVersion = lowest
    configuration.maximumTLSVersion = highest
    let context = try NIOSSLContext(configuration: configuration)
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: nil))
        }
      }.connect(host: "127.0.0.1", port: port).get()
    do {
      // Goes through when the handshake is done.
      try await channel.writeAndFlush(ByteBuffer(string: "GET /v1/relay HTTP/1.1\r\n")).get()
      try await channel.close()
      return true
    } catch {
      channel.close(promise: nil)
      return false
    }
  }

  @Test func `TLS 1.3 is spoken and nothing older`() async throws {
    try await Self.run { relay, _ in
      let cases: [(TLSVersion, TLSVersion, Bool)] = [
        (.tlsv13, .tlsv13, true), (.tlsv1, .tlsv13, true), (.tlsv12, .tlsv12, false),
        (.tlsv1, .tlsv11, false),
      ]
      for (lowest, highest, isSpoken) in cases {
        let done = try await Self.handshake(relay.port, from: lowest, to: highest)
        #expect(done == isSpoken)
      }
    }
  }

  @Test func `a peer that never starts TLS, or stops in the middle of it, is dropped`() async throws
  {
    var limits = RelayLimits()
    limits.handshakeMilliseconds = 200
    try await Self.run(limits) { relay, _ in
      // Nothing, a request without TLS, and the beginning of a ClientHello.
      for beginning in [[], Array("GET /v1/relay HTTP/1.1\r\n\r\n".utf8), [22, 3, 1, 1, 0, 1]] {
        try await RawConnection.open(relay.port) { connection in
          if !beginning.isEmpty { try await connection.send(beginning) }
          let answer = String(decoding: await connection.readToEnd(), as: UTF8.self)
          #expect(!answer.contains("HTTP"))
        }
      }
      // Also in time where this machine is busy.
      var isDone = false
      for _ in 0..<50 where !isDone {
        isDone = (try? await Self.handshake(relay.port, from: .tlsv13, to: .tlsv13)) ?? false
      }
      #expect(isDone)
    }
  }

  @Test(arguments: ["--http1.1", "--http2"])
  func `curl speaks HTTP of both versions with it`(version: String) async throws {
    try await Self.run { relay, authority in
      let folder = try RelayProcess.temporaryFolder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let roots = folder.appending(path: "authority.pem")
      try Data(authority.certificateText.utf8).write(to: roots)
      let body = folder.appending(path: "body")
      let member = try TestMember(seed: 1)
      func curl(_ request: RawRequest) async throws -> (
        status: String, version: String, text: String
      ) {
        try Data(request.body).write(to: body)
        var arguments = [
          "-sS", version, "--cacert", roots.path, "-X", request.method, "-w",
          "\n%{http_code} %{http_version}", "https://localhost:\(relay.port)\(request.path)",
        ]
        for (name, value) in request.fields { arguments += ["-H", "\(name): \(value)"] }
        if !request.body.isEmpty { arguments += ["--data-binary", "@\(body.path)"] }
        let result = try await Command.runAside("/usr/bin/curl", arguments)
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        let last = lines.last?.split(separator: " ").map(String.init) ?? []
        try #require(last.count == 2, "\(result.errors)")
        return (last[0], last[1], lines.dropLast().joined(separator: "\n"))
      }
      let described = try await curl(RawRequest(method: "GET", path: "/v1/relay", fields: []))
      #expect(described.status == "200" && described.text.contains("incarnation"))
      #expect(described.version == (version == "--http2" ? "2" : "1.1"))
      #expect(try await curl(member.create()).status == "201")
      #expect(try await curl(member.append()).status == "201")
      #expect(try await curl(member.append(size: 1_048_576)).status == "201")
      #expect(try await curl(member.append(size: 1_000)).status == "413")
      #expect(try await curl(member.read()).status == "200")
      #expect(try await curl(member.read("?after=9")).status == "416")
    }
  }

  @Test(arguments: [[], [22, 3, 1]] as [[UInt8]])
  func `a relay that goes down does not wait for handshakes`(beginning: [UInt8]) async throws {
    var limits = RelayLimits()
    limits.handshakeMilliseconds = 3_600_000
    try await Self.run(limits) { relay, _ in
      try await RawConnection.open(relay.port) { connection in
        if !beginning.isEmpty { try await connection.send(beginning) }
        await relay.shutDown()
        // Nothing but the end, which the handshake's time would not have brought.
        #expect(await connection.readToEnd().isEmpty)
      }
    }
  }
}
