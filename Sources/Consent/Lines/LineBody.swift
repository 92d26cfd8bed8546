// SPDX-License-Identifier: Apache-2.0

/// What a line says, by kind.
public enum LineBody: Equatable, Sendable {
  case terms(Terms)
  case grant(Grant)
  case acknowledge(LineHash)
  case amend(Amendment)
  case renew(Renewal)
  case withdraw(Withdrawal)
  case end

  public var kind: LineKind {
    switch self {
    case .terms: .terms
    case .grant: .grant
    case .acknowledge: .acknowledge
    case .amend: .amend
    case .renew: .renew
    case .withdraw: .withdraw
    case .end: .end
    }
  }

  /// The members that this body adds to those which all lines share.
  var members: [JSONMember] {
    switch self {
    case .terms(let terms): terms.members
    case .grant(let grant): grant.members
    case .acknowledge(let line): [JSONMember("line", Encoded.value(line.bytes))]
    case .amend(let amendment): amendment.members
    case .renew(let renewal): renewal.members
    case .withdraw(let withdrawal): withdrawal.members
    case .end: []
    }
  }

  init(_ kind: LineKind, from members: inout JSONMembers) throws(ConsentError) {
    switch kind {
    case .terms: self = .terms(try Terms(from: &members))
    case .grant: self = .grant(try Grant(from: &members))
    case .acknowledge: self = .acknowledge(try members.lineHash("line"))
    case .amend: self = .amend(try Amendment(from: &members))
    case .renew: self = .renew(try Renewal(from: &members))
    case .withdraw: self = .withdraw(try Withdrawal(from: &members))
    case .end: self = .end
    }
  }
}

extension JSONMembers {
  mutating func lineHash(_ name: StaticString) throws(ConsentError) -> LineHash {
    guard let hash = LineHash(try bytes(name, count: 32)) else { throw .line(.outOfRange) }
    return hash
  }

  /// `{"text":true,"voice":false}`: each scope at most once, at least one.
  mutating func answers(_ name: StaticString) throws(ConsentError) -> [Scope: Bool] {
    guard case .object(let members) = try value(name) else { throw .line(.wrongType) }
    guard !members.isEmpty else { throw .line(.empty) }
    var answers: [Scope: Bool] = [:]
    for member in members {
      guard case .boolean(let yes) = member.value else { throw .line(.wrongType) }
      answers[try Scope(named: member.name)] = yes
    }
    return answers
  }
}

extension JSONValue {
  static func answers(_ answers: [Scope: Bool]) -> JSONValue {
    .object(
      answers.sorted { $0.key < $1.key }.map { JSONMember($0.key.rawValue, .boolean($0.value)) })
  }

  static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
  static func time(_ time: ConsentTime) -> JSONValue { .string(time.rfc3339) }
}
