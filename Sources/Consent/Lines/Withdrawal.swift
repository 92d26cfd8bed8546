// SPDX-License-Identifier: Apache-2.0

/// The body of `withdraw`: everything, or named scopes. No reason is asked for.
public enum Withdrawal: Equatable, Sendable {
  case everything
  /// At least one.
  case scopes(Set<Scope>)

  var members: [JSONMember] {
    switch self {
    case .everything:
      [JSONMember("all", .boolean(true))]
    case .scopes(let scopes):
      [
        JSONMember("all", .boolean(false)),
        JSONMember("scopes", .texts(scopes.sorted().map(\.rawValue))),
      ]
    }
  }

  init(from members: inout JSONMembers) throws(ConsentError) {
    // Said outright: a list that was cut away must not turn a part into everything.
    guard !(try members.boolean("all")) else {
      self = .everything
      return
    }
    var scopes: Set<Scope> = []
    for item in try members.array("scopes") {
      guard case .string(let name) = item else { throw .line(.wrongType) }
      guard scopes.insert(try Scope(named: name)).inserted else { throw .line(.scope) }
    }
    guard !scopes.isEmpty else { throw .line(.empty) }
    self = .scopes(scopes)
  }
}
