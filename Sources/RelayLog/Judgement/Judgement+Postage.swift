// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

extension Judgement {
  /// What the store says about a payment.
  package enum Payment: Sendable, Hashable {
    /// This relay takes none.
    case free
    /// Nothing was shown.
    case missing
    /// A token that nothing was bought with.
    case fresh
    /// A token that has bought the very same.
    case again
    /// A token that has bought something else.
    case spent
  }

  /// What is there under the id of a channel that is to be made.
  package enum Namesake: Sendable, Hashable {
    case none
    /// Just that channel: it was made before.
    case same
    case other
  }

  /// What becomes of the wish to make a channel, or to give it more time.
  package enum PaidVerdict: Sendable, Hashable {
    /// It is done, and the token that was shown is spent.
    case grant
    /// It has been done.
    case grantedBefore
    case refuse(RelayError)
  }

  /// Judges the making of a channel. What is there is not paid for again, by whatever token; what cannot
  /// be is not paid for either. A token that bought a channel which is no more has bought it.
  package static func judge(
    create namesake: Namesake, _ payment: Payment, isDiskLow: Bool
  ) -> PaidVerdict {
    switch namesake {
    case .same: return .grantedBefore
    case .other: return .refuse(.refused(.channelExists))
    case .none: break
    }
    if payment == .again { return .refuse(.refused(.postageSpent)) }
    return grant(payment, isDiskLow: isDiskLow)
  }

  /// Judges more time for a channel, which its members alone may ask for. An intake ends on the day that
  /// was set when it was made. A token gives time once: shown again it tells what it gave.
  package static func judge(
    extend channel: ChannelRow?, access: Access, _ payment: Payment, isDiskLow: Bool
  ) -> PaidVerdict {
    guard let channel, !channel.isClosed, access != .none else {
      return .refuse(.refused(.noSuchChannel))
    }
    if case .retired(let last) = access { return .refuse(.tokenRetired(last: last)) }
    guard channel.kind == .relationship else { return .refuse(.refused(.malformed)) }
    return grant(payment, isDiskLow: isDiskLow)
  }

  private static func grant(_ payment: Payment, isDiskLow: Bool) -> PaidVerdict {
    switch payment {
    case .missing: .refuse(.refused(.postageRequired))
    case .spent: .refuse(.refused(.postageSpent))
    case .again: .grantedBefore
    case .free, .fresh: isDiskLow ? .refuse(.refused(.storeFull)) : .grant
    }
  }
}
