// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// Where a follower stands in each of its channels, and what is to be done for it next.
struct FollowPlaces {
  struct Place {
    let channel: ChannelID
    let token: TokenHash
    /// The last position that was sent or announced: all that is kept of a subscription.
    var after: Position
    /// Where `caughtUp` was last said, so that it is not said twice.
    var caughtUp: Position?
    /// Whether its token has been looked at; what opens nothing is over.
    var isKnown = false
    var isOver = false
    var isDamaged = false
  }

  enum Step {
    case read(Int, Place)
    /// What was held back.
    case tell([Frame])
    case heartbeat
    /// Every subscription is over.
    case age(isDamaged: Bool)
    case drain
  }

  private var places: [Place]
  /// The places that are to be read, the next one last.
  private var due: [Int]
  private var woken: Set<ChannelID> = []
  /// Refusals that have not been sent: a follow of guesses is hundreds of them, and each would be a packet.
  private var held: [Frame] = []
  private static let mostHeld = 64
  private var isSilent = false
  private var isDraining = false
  /// How many tokens have opened nothing.
  private(set) var wrongTokens = 0
  /// Whether a step is under way: there is one at a time.
  private(set) var isBusy = false

  init(_ follow: Follow) {
    places = follow.subscriptions.map {
      Place(channel: $0.channel, token: $0.token.hash, after: $0.after)
    }
    due = places.indices.reversed()
  }

  /// Whether nothing is followed twice. A channel may be, under the token of before and that of now.
  var areDistinct: Bool {
    Set(places.map { [$0.channel.bytes, $0.token.bytes] }).count == places.count
  }

  var tokens: [TokenHash] { places.map(\.token) }

  mutating func wake(_ channel: ChannelID) { woken.insert(channel) }
  mutating func beSilent() { isSilent = true }
  mutating func drain() { isDraining = true }

  /// What is to be done now, if anything; nothing more is until it is finished.
  mutating func next() -> Step? {
    guard !isBusy, let step = choose() else { return nil }
    isBusy = true
    return step
  }

  mutating func finish() { isBusy = false }

  private mutating func choose() -> Step? {
    if isDraining { return .drain }
    if due.isEmpty, !woken.isEmpty {
      due = places.indices.reversed().filter {
        !places[$0].isOver && woken.contains(places[$0].channel)
      }
      woken = []
    }
    while let index = due.popLast() {
      if !places[index].isOver { return .read(index, places[index]) }
    }
    if !held.isEmpty { return .tell(releaseAll()) }
    if places.allSatisfy(\.isOver) {
      return .age(isDamaged: places.contains(where: \.isDamaged))
    }
    defer { isSilent = false }
    return isSilent ? .heartbeat : nil
  }

  /// What is to be sent of `frames` now: those that do nothing but to refuse wait for what comes next, which is
  /// at the latest that nothing is left to be read.
  mutating func release(_ frames: [Frame]) -> [Frame] {
    held += frames
    let isPressing = !frames.allSatisfy { if case .refused = $0.body { true } else { false } }
    return isPressing || held.count >= Self.mostHeld ? releaseAll() : []
  }

  private mutating func releaseAll() -> [Frame] {
    defer { held = [] }
    return held
  }

  /// Whether no step is under way and nothing is left of what was woken last.
  var isEven: Bool { !isBusy && due.isEmpty }

  mutating func know(_ index: Int) { places[index].isKnown = true }
  func isKnown(_ index: Int) -> Bool { places[index].isKnown }

  /// Ends a subscription, and tells its follower why.
  mutating func refuse(_ index: Int, _ refusal: RefusalCode) -> [Frame] {
    places[index].isOver = true
    places[index].isDamaged = refusal == .damaged
    if refusal == .noSuchChannel, !places[index].isKnown { wrongTokens += 1 }
    return [Frame(subscription: UInt16(index), .refused(refusal))]
  }

  /// Ends all subscriptions whose tokens nobody has looked at: too many others opened nothing.
  mutating func refuseUnknown() -> [Frame] {
    places.indices.filter { !places[$0].isKnown && !places[$0].isOver }
      .flatMap { refuse($0, .limited) }
  }

  /// What of a read is pushed; the place is read again where there is more.
  ///
  /// - Parameter pushBytes: The longest envelope that is pushed; longer ones are announced.
  mutating func take(_ frames: [Frame], at index: Int, pushBytes: Int) -> [Frame] {
    var sent: [Frame] = []
    var place = places[index]
    defer { places[index] = place }
    // From an envelope too large to push, what there is now is only announced: the follower reads
    // it, and the next one to come is pushed again.
    var isAnnouncing = false
    func send(_ body: Frame.Body) { sent.append(Frame(subscription: UInt16(index), body)) }
    for frame in frames {
      switch frame.body {
      case .envelope(let entry):
        isAnnouncing = isAnnouncing || entry.envelope.count > pushBytes
        if !isAnnouncing { send(frame.body) }
        place.after = entry.position
      case .gap(let first, let entries):
        if !isAnnouncing { send(frame.body) }
        place.after = Position(first.value + UInt64(entries.count) - 1)
      case .head(let head):
        // Read again, also where all of it has been announced: behind it the token may have been retired.
        due.append(index)
        guard isAnnouncing else { return sent }
        send(.head(head))
        place.after = head
        place.caughtUp = head
      case .caughtUp(let at):
        if isAnnouncing {
          send(.head(at.position))
        } else if place.caughtUp != at.position {
          send(frame.body)
        }
        place.after = at.position
        place.caughtUp = at.position
      case .turned(let last):
        if isAnnouncing { send(.head(last)) }
        send(frame.body)
        place.isOver = true
      case .heartbeat, .bye, .refused:
        break
      }
    }
    return sent
  }
}
