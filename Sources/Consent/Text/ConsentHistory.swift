// SPDX-License-Identifier: Apache-2.0

public import Certificates

/// A ledger in order, for people: what `consent history` lists.
public struct ConsentHistory: Sendable {
  public struct Entry: Equatable, Sendable {
    public let index: Int
    public let kind: LineKind
    public let author: ConsentRole
    /// The name under which the author signs.
    public let name: String
    public let time: ConsentTime
    /// What the line says, in one sentence.
    public let summary: String
    public let hash: LineHash
    public let head: ConsentHead
    /// The thumbprint of the device key that signed.
    public let key: KeyThumbprint
    /// The serial of that device.
    public let serial: DeviceSerial
    /// The phase from this line on, at its own time.
    public let phase: ConsentPhase
    /// How many dead lines the author declares.
    public let declaredVoid: Int
  }

  public let entries: [Entry]

  public init(_ ledger: Ledger) {
    var names: [ConsentRole: String] = [:]
    entries = ledger.lines.map { line in
      switch line.body {
      case .terms(let terms): names[.therapist] = terms.practice.name
      case .grant(let grant): names[.client] = grant.name
      default: break
      }
      return Entry(
        index: line.index, kind: line.kind, author: line.author.role,
        name: names[line.author.role] ?? line.author.role.rawValue, time: line.time,
        summary: Self.summary(of: line, in: ledger), hash: line.hash, head: line.head,
        key: line.line.keyThumbprint, serial: line.author.serial,
        phase: line.state.phase(at: line.time), declaredVoid: line.line.void.count)
    }
  }

  private static func summary(of line: VerifiedLine, in ledger: Ledger) -> String {
    switch line.body {
    case .terms(let terms):
      return "offers \(list(terms.scopes.map(\.scope))) from \(terms.validFrom.day) "
        + "until \(terms.validUntil.day)"
    case .grant(let grant):
      let no = grant.answers.filter { !$0.value }.keys.sorted()
      return "consents to \(list(grant.accepted.sorted())) until \(grant.validUntil.day)"
        + (no.isEmpty ? "" : "; not to \(list(no))")
    case .acknowledge(let hash):
      let named = ledger.lines.first { $0.hash == hash }
      return named.map { "acknowledges line \($0.index)" } ?? "acknowledges"
    case .amend(let amendment):
      let yes = amendment.changes.filter(\.value).keys.sorted()
      let no = amendment.changes.filter { !$0.value }.keys.sorted()
      return [
        yes.isEmpty ? nil : "adds \(list(yes))", no.isEmpty ? nil : "takes back \(list(no))",
      ].compactMap(\.self).joined(separator: "; ")
    case .renew(let renewal): return "renews until \(renewal.validUntil.day)"
    case .withdraw(.everything): return "withdraws everything"
    case .withdraw(.scopes(let scopes)): return "withdraws \(list(scopes.sorted()))"
    case .end: return "ends the relationship"
    }
  }

  private static func list(_ scopes: [Scope]) -> String {
    scopes.isEmpty ? "nothing" : scopes.map(\.words).joined(separator: ", ")
  }
}
