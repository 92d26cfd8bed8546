// SPDX-License-Identifier: Apache-2.0

extension ConsentState {
  /// What waits for the therapist's counter-signature, and whether a person has to decide.
  public enum Waiting: Equatable, Sendable {
    case nothing
    /// Within the therapist's own terms: `sync` acknowledges this line by itself.
    case withinTerms(LineHash)
    /// Beyond them: only `consent acknowledge` does.
    case needsDecision(LineHash, Excess)
  }

  /// By how much a proposal goes beyond the terms it answers and what was already acknowledged.
  public struct Excess: Equatable, Sendable {
    public var scopes: Set<Scope>
    /// The proposed end, if it is later.
    public var validUntil: ConsentTime?
  }

  /// What waits at `time`; nothing does once the relationship has ended or lapsed.
  public func waiting(at time: ConsentTime) -> Waiting {
    guard let proposal, phase(at: time) != .lapsed else { return .nothing }
    let terms = proposal.offer.terms
    var excess = Excess(scopes: proposal.scopes.subtracting(terms.offered), validUntil: nil)
    var latest = terms.validUntil
    // A decision once taken under the same terms is not asked for again.
    if let settled = settlements.last, settled.offer == proposal.offer {
      excess.scopes.subtract(settled.scopes)
      latest = max(latest, settled.validUntil)
    }
    if proposal.validUntil > latest { excess.validUntil = proposal.validUntil }
    return excess.scopes.isEmpty && excess.validUntil == nil
      ? .withinTerms(proposal.line) : .needsDecision(proposal.line, excess)
  }
}
