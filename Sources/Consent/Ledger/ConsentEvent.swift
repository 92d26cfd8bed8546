// SPDX-License-Identifier: Apache-2.0

/// What the state machine needs to know of a line whose author has been checked.
public struct ConsentEvent: Equatable, Sendable {
  public var body: LineBody
  public var author: ConsentRole
  public var time: ConsentTime
  public var line: LineHash

  public init(body: LineBody, author: ConsentRole, time: ConsentTime, line: LineHash) {
    self.body = body
    self.author = author
    self.time = time
    self.line = line
  }
}
