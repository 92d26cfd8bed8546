// SPDX-License-Identifier: Apache-2.0

/// The body of `amend`: scopes switched on or off; a no counts at once, a yes when acknowledged.
public struct Amendment: Equatable, Sendable {
  public var changes: [Scope: Bool]

  public init(changes: [Scope: Bool]) {
    self.changes = changes
  }

  var members: [JSONMember] { [JSONMember("scopes", .answers(changes))] }

  init(from members: inout JSONMembers) throws(ConsentError) {
    changes = try members.answers("scopes")
  }
}
