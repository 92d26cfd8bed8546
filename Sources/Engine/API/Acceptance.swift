// SPDX-License-Identifier: Apache-2.0

public import Consent

/// The client's answer to an offer.
public struct Acceptance: Sendable {
  /// Every offered scope with its own yes or no.
  public var answers: [Scope: Bool]
  /// The name or pseudonym signed with.
  public var signedAs: String
  public var representative: Grant.Representative?
  /// When the consent expires; nil for the end of the terms.
  public var validUntil: ConsentTime?
  /// What the therapist is called on this device; nil takes the suggestion.
  public var name: LocalName?

  public init(
    answers: [Scope: Bool], signedAs: String, representative: Grant.Representative? = nil,
    validUntil: ConsentTime? = nil, name: LocalName? = nil
  ) {
    self.answers = answers
    self.signedAs = signedAs
    self.representative = representative
    self.validUntil = validUntil
    self.name = name
  }
}
