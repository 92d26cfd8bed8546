// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// So many at once in all and for each of some. Nobody gives way: what is beyond is refused.
final class Tally: Sendable {
  enum Key: Hashable, Sendable {
    case all
    case peer(Peer)
    case connection(ObjectIdentifier)
  }

  /// What a request would take under one key, at most until there are `most`.
  struct Claim {
    let key: Key
    var count = 1
    let most: Int
    /// What is counted when there is no room.
    let limit: Limit
  }

  struct Refusal: Error {
    let claim: Claim
  }

  private let counts = Mutex<[Key: Int]>([:])

  /// Takes all of it or nothing; it is given back when nobody holds the share any more.
  func take(_ claims: [Claim]) throws(Refusal) -> Share {
    let refused: Claim? = counts.withLock { counts in
      for claim in claims where counts[claim.key, default: 0] + claim.count > claim.most {
        return claim
      }
      for claim in claims { counts[claim.key, default: 0] += claim.count }
      return nil
    }
    if let refused { throw Refusal(claim: refused) }
    return Share(claims.map { ($0.key, $0.count) }, of: self)
  }

  private func give(_ taken: [(key: Key, count: Int)]) {
    counts.withLock { counts in
      for (key, count) in taken {
        let left = counts[key, default: 0] - count
        counts[key] = left > 0 ? left : nil
      }
    }
  }

  /// How many are taken in all.
  var count: Int { counts.withLock { $0[.all, default: 0] } }

  final class Share: Sendable {
    private let taken: [(key: Key, count: Int)]
    private let tally: Tally

    fileprivate init(_ taken: [(key: Key, count: Int)], of tally: Tally) {
      self.taken = taken
      self.tally = tally
    }

    deinit { tally.give(taken) }
  }
}
