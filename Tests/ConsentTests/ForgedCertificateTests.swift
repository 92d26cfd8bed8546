// SPDX-License-Identifier: Apache-2.0

import Certificates
import Primitives
import Testing
import WireFormat

@testable import Consent

/// Lines that are well signed and come with a certificate that says something else.
@Suite struct ForgedCertificateTests {
  let story = Story()

  private func expectRefused(
    _ ledger: Ledger, _ line: UnverifiedLine, _ rule: LedgerRule,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: ConsentError.rule(rule), sourceLocation: location) {
      try ledger.appending(line)
    }
  }

  /// A withdrawal by a key that the ledger knows, with a certificate once more.
  private func withdrawal(
    _ ledger: Ledger, _ device: TestDevice, certificate: [UInt8]
  ) throws -> UnverifiedLine {
    var payload = Forge.payload(.withdraw(.everything), upon: ledger, by: device)
    payload.certificate = certificate
    return try Forge.line(payload, device)
  }

  @Test func `a therapist who certifies a fresh key as a client's grants nothing to itself`()
    throws
  {
    let ledger = try story.offered()
    let asClient = TestIdentity(1, .client)
    #expect(asClient.publicKey == ledger.therapistIdentity)
    // The first key that comes of this seed is the one that signed line 0.
    #expect(asClient.device().publicKey == story.desk.publicKey)
    let fresh = asClient.device(serial: 2)
    #expect(!ledger.knows(fresh.publicKey))
    expectRefused(
      ledger, try fresh.line(.grant(Story.grant()), upon: ledger, clock: Story.start), .author)
  }

  @Test func `a certificate that is repeated says what the first one said`() throws {
    let ledger = try story.inForce()
    let phone = story.phone
    #expect(
      try ledger.appending(
        try withdrawal(ledger, phone, certificate: phone.certificate)
      ).length == 4)
    let later = try DeviceCertificate.issue(
      for: phone.publicKey, serial: DeviceSerial(2), role: .client, by: story.client.key)
    expectRefused(
      ledger, try withdrawal(ledger, phone, certificate: later.certificate.wireBytes),
      .certificateRepeated)
    let stranger = TestIdentity(50, .client)
    let foreign = try DeviceCertificate.issue(
      for: phone.publicKey, serial: DeviceSerial(1), role: .client, by: stranger.key)
    expectRefused(
      ledger, try withdrawal(ledger, phone, certificate: foreign.certificate.wireBytes),
      .certificateRepeated)
  }

  @Test func `a key that was replaced does not withdraw by showing its certificate again`() throws {
    let old = try story.inForce()
    let tablet = story.client.device(serial: 2)
    let ledger = try old.appending(
      try tablet.line(.amend(Amendment(changes: [.voice: false])), upon: old, clock: Story.start))
    expectRefused(
      ledger, try withdrawal(ledger, story.phone, certificate: story.phone.certificate), .serial)
  }

  @Test func `a stored line 0 that names another key than its certificate's is no founding`()
    throws
  {
    let honest = try story.foundingLine()
    #expect(try Ledger(trustingSignaturesOf: [honest.bytes]).length == 1)
    let forged = try Forge.line(honest.payload, story.phone)
    #expect(throws: ConsentError.signature) { try Ledger(trustingSignaturesOf: [forged.bytes]) }
  }

  @Test func `a header names a key by 32 bytes`() throws {
    let payload = try story.foundingLine().payload.bytes
    for count in [0, 31, 33] {
      let kid = Encoded.text([UInt8](repeating: 7, count: count))
      let header = "{\"alg\":\"EdDSA\",\"kid\":\"\(kid)\",\"typ\":\"alcove-consent+jws\"}"
      #expect(throws: ConsentError.line(.header)) {
        try UnverifiedLine(Forge.jws(header, payload, story.desk))
      }
    }
  }

  @Test func `what nobody acknowledged in time waits for nobody`() throws {
    let ledger = try story.granted()
    let soon = Story.start.adding(days: 1)
    #expect(ledger.state.waiting(at: soon) == .withinTerms(ledger.last.hash))
    let late = Story.start.adding(days: 15)
    #expect(ledger.state.phase(at: late) == .lapsed)
    #expect(ledger.state.waiting(at: late) == .nothing)
  }
}
