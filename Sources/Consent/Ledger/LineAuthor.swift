// SPDX-License-Identifier: Apache-2.0

public import Certificates
public import Primitives
internal import WireFormat

/// One device as an author of lines: fills in what every line holds besides its body.
///
/// The time of a line is the later of the author's clock and the time of the line it saw, so that
/// time never runs back along the ledger. The certificate goes into the first line of the key.
public struct LineAuthor: Sendable {
  /// The most dead lines that one line declares; what is left goes into the next.
  public static let maximumVoid = LinePayload.maximumVoid

  public let device: VerifiedDevice

  public init(_ device: VerifiedDevice) {
    self.device = device
  }

  /// Line 0 of a new relationship.
  ///
  /// - Throws: ``ConsentError/line(_:)`` if a text of the terms could not be read again.
  public func found(
    _ relationship: RelationshipID, terms: Terms, clock: ConsentTime,
    signing key: borrowing Ed25519SigningKey
  ) throws(ConsentError) -> UnverifiedLine {
    try sign(
      LinePayload(
        relationship: relationship, time: clock, seen: nil, void: [],
        certificate: device.certificate.wireBytes, body: .terms(terms)), key)
  }

  /// A line upon the head of `ledger`.
  ///
  /// It is signed whether or not the ledger would take it; ``Ledger/append(_:)`` tells.
  ///
  /// - Parameter void: this author's dead lines that none of its landed lines has listed yet, at most
  ///   ``maximumVoid``. A withdrawal is never dead and does not belong here.
  public func line(
    _ body: LineBody, upon ledger: Ledger, void: [LineHash] = [], clock: ConsentTime,
    signing key: borrowing Ed25519SigningKey
  ) throws(ConsentError) -> UnverifiedLine {
    // A withdrawal may reach, in a file, somebody who has not read the line that brought this key: it
    // stands on nothing but what every member has from the founding.
    let isKnown =
      body.kind == .withdraw
      ? ledger.lines.prefix(3).contains { $0.author.device == device.device }
      : ledger.knows(device.device)
    return try sign(
      LinePayload(
        relationship: ledger.relationship, time: max(clock, ledger.last.time), seen: ledger.head,
        void: void, certificate: isKnown ? nil : device.certificate.wireBytes, body: body), key)
  }

  func sign(
    _ payload: LinePayload, _ key: borrowing Ed25519SigningKey
  ) throws(ConsentError) -> UnverifiedLine {
    let input = CompactJWS.signingInput(
      payload: payload.bytes, key: KeyThumbprint(of: device.device))
    // Read back: what leaves here is what a strict reader accepts.
    return try UnverifiedLine(
      CompactJWS.assemble(signingInput: input, signature: key.sign(input)))
  }
}
