// SPDX-License-Identifier: Apache-2.0

/// The kinds of lines.
///
/// `keyTransition` is not among them: its double signature is not designed yet, and a line of that kind
/// is refused as ``ConsentError/unsupported``.
public enum LineKind: String, CaseIterable, Hashable, Sendable {
  case terms, grant, acknowledge, amend, renew, withdraw, end

  init(named name: String) throws(ConsentError) {
    guard let kind = LineKind.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) })
    else { throw .unsupported }
    self = kind
  }
}
