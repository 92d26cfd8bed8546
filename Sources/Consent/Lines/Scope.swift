// SPDX-License-Identifier: Apache-2.0

/// A purpose that has its own yes or no: consents are not bundled (GDPR Art. 7(4)).
public enum Scope: String, CaseIterable, Hashable, Sendable {
  case text, voice, image, file, live, questionnaires, supervision, recording, research
}

extension Scope: Comparable {
  /// The order in which scopes are listed everywhere.
  public static func < (one: Scope, other: Scope) -> Bool {
    one.position < other.position
  }

  private var position: Int { Scope.allCases.firstIndex(of: self) ?? 0 }

  /// By bytes, since two Strings can be equal without being the same.
  init(named name: String) throws(ConsentError) {
    guard let scope = Scope.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) })
    else { throw .line(.scope) }
    self = scope
  }
}
