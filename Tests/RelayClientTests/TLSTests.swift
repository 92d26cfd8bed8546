// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Primitives
import Relay
import RelayClient
import RelayProtocol
import Testing

/// The client against a relay with TLS: it speaks to the relay that the address names, or to nobody.
@Suite struct TLSTests {
  private static let now = Int64(Date().timeIntervalSince1970)

  private let authority: PrivateAuthority

  init() throws { authority = try PrivateAuthority(now: Self.now) }

  private func certificate(
    _ names: [String] = ["localhost", "127.0.0.1"], from start: Int64 = -3_600,
    until end: Int64 = 86_400, by issuer: PrivateAuthority? = nil
  ) throws -> ServerCertificate {
    let (chain, key) = try (issuer ?? authority).issue(
      names, from: Self.now + start, until: Self.now + end)
    return try ServerCertificate(chain: Array(chain.utf8), key: Array(key.utf8))
  }

  private func serve<Answer>(
    _ certificate: ServerCertificate, _ metrics: RelayMetrics = RelayMetrics(),
    _ body: (Int) async throws -> Answer
  ) async throws -> Answer {
    let place = RelaySettings.Place.network(host: "127.0.0.1", port: 0)
    return try await LiveRelay.serve(
      RelaySettings(place: place, certificate: certificate), metrics, body)
  }

  /// The error of an append, and nil where it arrives.
  private func append(to address: RelayAddress) async throws -> RelayError? {
    try await LiveRelay.withClient(of: address) { client in
      do {
        _ = try await client.append(ClientFixture.append)
        return nil
      } catch let error as RelayError {
        return error
      }
    }
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func `the relay that the pin names is spoken to, with every call`(host: String) async throws {
    let certificate = try certificate()
    #expect(certificate.pin == authority.pin)
    try await serve(certificate) { port in
      let address = try RelayAddress("https://\(host):\(port)#\(authority.pin.text)")
      try await LiveRelay.withClient(of: address) { client in
        #expect(try await client.describe().versions == [1])
        try await client.create(
          NewChannel(
            id: ClientFixture.channel, kind: .relationship, token: ClientFixture.token.hash,
            turn: ClientFixture.turn.hash))
        #expect(try await client.append(ClientFixture.append).at.position == Position(1))
        #expect(try await client.read(ClientFixture.read).frames.count == 2)
        var positions: [UInt64] = []
        try await client.follow(ClientFixture.follow) { frame in
          if case .envelope(let entry) = frame.body { positions.append(entry.position.value) }
          if case .caughtUp = frame.body { return false }
          return true
        }
        #expect(positions == [1])
      }
    }
  }

  @Test func `another relay is refused, and not one byte of a request reaches it`() async throws {
    let other = try PrivateAuthority(now: Self.now)
    let metrics = RelayMetrics()
    func asked() -> Set<Substring> {
      let lines = metrics.exposition().split(separator: "\n")
      return Set(
        lines.filter { $0.hasPrefix("alcove_relay_http_requests_total{") }
          .compactMap { $0.split(separator: " ").last })
    }
    let certificate = try certificate(by: other)
    try await serve(certificate, metrics) { port in
      let address = try RelayAddress("https://127.0.0.1:\(port)#\(authority.pin.text)")
      #expect(try await append(to: address) == .wrongPin)
      #expect(asked() == ["0"])
      // It is counted where the relay is the right one.
      let right = try RelayAddress("https://127.0.0.1:\(port)#\(certificate.pin.text)")
      #expect(try await append(to: right) == .refused(.noSuchChannel))
      #expect(asked() == ["0", "1"])
    }
  }

  @Test func `who shows the right authority without its key is refused`() async throws {
    let other = try PrivateAuthority(now: Self.now)
    let (chain, key) = try other.issue(["127.0.0.1"], from: Self.now - 9, until: Self.now + 999)
    let own = chain.components(separatedBy: "-----END CERTIFICATE-----")[0]
    // A certificate of somebody else's authority, and ours behind it, as anybody can send it.
    let forged = own + "-----END CERTIFICATE-----\n" + authority.certificateText
    let certificate = try ServerCertificate(chain: Array(forged.utf8), key: Array(key.utf8))
    #expect(certificate.pin == authority.pin)
    try await serve(certificate) { port in
      let address = try RelayAddress("https://127.0.0.1:\(port)#\(authority.pin.text)")
      #expect(try await append(to: address) == .untrusted)
    }
  }

  @Test func `without a pin an authority that nobody knows is refused`() async throws {
    try await serve(try certificate()) { port in
      let address = try RelayAddress("https://127.0.0.1:\(port)")
      #expect(try await append(to: address) == .untrusted)
    }
  }

  @Test(arguments: [
    (["127.0.0.1"], -7_200, -60), (["127.0.0.1"], 3_600, 86_400), (["relay.example"], -60, 999),
    (["127.0.0.2"], -60, 999),
  ])
  func `a certificate that is over, not yet good, or for another name is refused`(
    _ names: [String], _ start: Int64, _ end: Int64
  ) async throws {
    try await serve(try certificate(names, from: start, until: end)) { port in
      let address = try RelayAddress("https://127.0.0.1:\(port)#\(authority.pin.text)")
      #expect(try await append(to: address) == .untrusted)
    }
  }

  @Test func `a certificate is exchanged while the relay serves, and the pin stays`() async throws {
    let certificate = try certificate()
    try await serve(certificate) { port in
      let address = try RelayAddress("https://127.0.0.1:\(port)#\(authority.pin.text)")
      #expect(try await append(to: address) == .refused(.noSuchChannel))
      let old = certificate.expires
      let (chain, key) = try authority.issue(
        ["127.0.0.1"], from: Self.now - 60, until: Self.now + 9_999)
      try certificate.replace(chain: Array(chain.utf8), key: Array(key.utf8))
      #expect(certificate.expires != old)
      #expect(try await append(to: address) == .refused(.noSuchChannel))
      // What is no certificate, or has another key, changes nothing.
      let (_, foreign) = try authority.issue(["a"], from: Self.now, until: Self.now + 9)
      #expect(throws: ServerCertificateError.mismatch) {
        try certificate.replace(chain: Array(chain.utf8), key: Array(foreign.utf8))
      }
      #expect(throws: ServerCertificateError.certificate) {
        try certificate.replace(chain: Array("nothing".utf8), key: Array(key.utf8))
      }
      #expect(throws: ServerCertificateError.privateKey) {
        try certificate.replace(chain: Array(chain.utf8), key: Array(chain.utf8))
      }
      #expect(try await append(to: address) == .refused(.noSuchChannel))
      // Another authority is another relay: those who know the pin notice.
      let (other, otherKey) = try PrivateAuthority(now: Self.now).issue(
        ["127.0.0.1"], from: Self.now - 60, until: Self.now + 9_999)
      try certificate.replace(chain: Array(other.utf8), key: Array(otherKey.utf8))
      #expect(try await append(to: address) == .wrongPin)
    }
  }

  @Test(arguments: [("HTTP/1.1 400 Bad\r\n\r\n", RelayError.untrusted), ("", .unreachable)])
  func `a port that speaks no TLS is no relay, and a silent one is waited for so long`(
    _ greeting: String, _ error: RelayError
  ) async throws {
    let server = try ScriptedServer(greeting: [.send(greeting)], [.stall])
    let pin = authority.pin.text
    let address = try RelayAddress("https://127.0.0.1:\(server.address.port)#\(pin)")
    await #expect(throws: error) {
      try await ClientFixture.withClient(of: address) { try await $0.append(ClientFixture.append) }
    }
    #expect(server.requests.isEmpty)
  }
}
