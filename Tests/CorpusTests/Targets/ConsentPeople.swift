// SPDX-License-Identifier: Apache-2.0

import Certificates
import Primitives

@testable import Consent

/// A therapist and a client with a ledger of all kinds of line; every run has the same keys.
final class ConsentPeople: Sendable {
  /// An identity's one device.
  final class Person: Sendable {
    let key: Ed25519SigningKey
    let author: LineAuthor

    init(_ seed: UInt64, _ role: Role) throws {
      let random = SeededRandom(seed: seed)
      let identity = try Ed25519SigningKey(seed: SecretBytes(copying: random.secret(32)))
      key = try Ed25519SigningKey(seed: SecretBytes(copying: random.secret(32)))
      guard let device = DeviceKey(key.publicKey) else { throw Finding.validRefused }
      author = LineAuthor(
        try DeviceCertificate.issue(
          for: device, serial: DeviceSerial(1), role: role, by: identity))
    }

    /// A line of any payload, well signed.
    func line(_ payload: [UInt8]) -> [UInt8] {
      let input = CompactJWS.signingInput(
        payload: payload, key: KeyThumbprint(of: author.device.device))
      return CompactJWS.assemble(signingInput: input, signature: key.sign(input))
    }
  }

  let therapist: Person
  let client: Person
  /// One after each line.
  let ledgers: [Ledger]

  static var shared: ConsentPeople {
    get throws { try made.get() }
  }

  private static let made = Result { try ConsentPeople() }

  private init() throws {
    therapist = try Person(1, .therapist)
    client = try Person(2, .client)
    let start = ConsentTime(clamping: 1_795_000_000)
    let terms = FormTemplate(
      language: .english,
      practice: Terms.Practice(
        name: "A", profession: "B", licence: "C", jurisdiction: "D", contact: "E", howToCheck: "F"),
      scopes: [.text, .voice], validFrom: start, validUntil: start.adding(days: 200)
    ).terms
    var ledger = try Ledger(
      founding: therapist.author.found(
        RelationshipID(random: SeededRandom(seed: 3)), terms: terms, clock: start,
        signing: therapist.key))
    var ledgers = [ledger]
    let grant = Grant(
      answers: [.text: true, .voice: false], name: "Mara", validUntil: start.adding(days: 100),
      formHash: terms.form.hash, keyPackage: [UInt8](repeating: 9, count: 48))
    for (person, body) in [
      (client, { _ in .grant(grant) }), (therapist, { .acknowledge($0.last.hash) }),
      (client, { _ in .amend(Amendment(changes: [.voice: true])) }),
      (therapist, { .acknowledge($0.last.hash) }),
      (client, { _ in .renew(Renewal(validUntil: start.adding(days: 150))) }),
      (client, { _ in .withdraw(.scopes([.voice])) }), (client, { _ in .withdraw(.everything) }),
      (therapist, { _ in .end }),
    ] as [(Person, (Ledger) -> LineBody)] {
      try ledger.append(
        person.author.line(
          body(ledger), upon: ledger, clock: ledger.last.time.adding(seconds: 60),
          signing: person.key))
      ledgers.append(ledger)
    }
    self.ledgers = ledgers
  }
}
