// SPDX-License-Identifier: Apache-2.0

/// The consent of one relationship as its lines have made it: a value that knows neither clock nor
/// keys.
///
/// ``apply(_:)`` takes one line and obeys CONSENT's table of states. Whoever asks gives the time:
/// what is in force, and under which dates, is an answer and not a stored fact.
public struct ConsentState: Equatable, Sendable {
  /// How far a line may be dated ahead of whoever reads it and still grant something.
  public static let toleratedLead: Int64 = 600
  /// How long a grant waits for its counter-signature.
  public static let lapseDays: Int64 = 14

  enum Stage: Equatable, Sendable {
    case offered
    /// Since the time of the grant; nothing has been acknowledged yet.
    case granted(since: ConsentTime)
    /// At least one grant has been acknowledged; in force or expired is a matter of dates.
    case settled
    case ended(Ending)
  }

  /// How a relationship ended.
  public struct Ending: Equatable, Sendable {
    public enum Cause: Equatable, Sendable {
      /// The client withdrew everything.
      case withdrawn
      /// `end`, by this side.
      case ended(by: ConsentRole)
    }
    public let cause: Cause
    public let time: ConsentTime
  }

  /// Terms, and the line that offers them.
  public struct Offer: Equatable, Sendable {
    public let line: LineHash
    public let terms: Terms
  }

  /// What the client has signed and the therapist has not yet acknowledged, all lines together.
  public struct Proposal: Equatable, Sendable {
    /// The newest of the lines: the one an acknowledgement has to name.
    public let line: LineHash
    public internal(set) var offer: Offer
    public internal(set) var scopes: Set<Scope>
    public internal(set) var validUntil: ConsentTime
    let time: ConsentTime
  }

  /// What both have signed.
  public struct Settlement: Equatable, Sendable {
    /// The line that acknowledges.
    public let line: LineHash
    public let offer: Offer
    public internal(set) var scopes: Set<Scope>
    public internal(set) var validUntil: ConsentTime
    /// When it was signed; one dated ahead grants nothing before.
    public let time: ConsentTime

    public var validFrom: ConsentTime { offer.terms.validFrom }
  }

  var stage: Stage
  /// The newest terms, answered or not.
  public internal(set) var newestOffer: Offer
  /// Whether the newest terms wait for the client's grant.
  public internal(set) var isOfferOpen: Bool
  public internal(set) var proposal: Proposal?
  /// In the order of acknowledgement. Older ones stay: while the newest is dated ahead, the one
  /// before it stands.
  var settlements: SettlementHistory
  /// When scopes were last switched off, for the reason in a refusal.
  var withdrawn: [Scope: ConsentTime]

  /// The state after line 0.
  public init(founding offer: Offer) {
    stage = .offered
    newestOffer = offer
    isOfferOpen = true
    settlements = SettlementHistory()
    withdrawn = [:]
  }

  // MARK: Questions

  /// Where the consent stands at `time`.
  public func phase(at time: ConsentTime) -> ConsentPhase {
    switch stage {
    case .offered: return .offered
    case .granted(let since):
      return time > since.adding(days: Self.lapseDays) ? .lapsed : .granted
    case .ended: return .ended
    case .settled:
      guard let settlement = settlement(at: time) else { return .granted }
      return time < settlement.validUntil ? .inForce : .expired
    }
  }

  /// How it ended, if it did.
  public var ending: Ending? {
    if case .ended(let ending) = stage { ending } else { nil }
  }

  /// The newest settlement whose time has come at `time`.
  public func settlement(at time: ConsentTime) -> Settlement? {
    let horizon = time.adding(seconds: Self.toleratedLead)
    return settlements.last { $0.time <= horizon }
  }

  /// The newest settlement, whether or not its time has come.
  public var newestSettlement: Settlement? { settlements.last }

  /// The scopes that content may be sent in at `time`.
  public func scopesInForce(at time: ConsentTime) -> Set<Scope> {
    Set(Scope.allCases.filter { permits($0, at: time, by: .client) == .allowed })
  }

  /// When the data of an ended relationship is to be erased.
  public var erasureDue: ConsentTime? {
    guard let ending else { return nil }
    let terms = settlements.last?.offer.terms ?? newestOffer.terms
    return ending.time.adding(days: terms.data.retentionDays)
  }
}
