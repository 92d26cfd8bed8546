// SPDX-License-Identifier: Apache-2.0

/// The public-key operations that a step of MLS cannot do without.
struct MLSFloor {
  var signatures = 0
  var verifications = 0
  /// Key pairs made or derived, besides those of encapsulations.
  var keyPairs = 0
  var encapsulations = 0
  var decapsulations = 0

  func time(_ control: PrimitiveControl, _ kem: KEMControl) -> Duration {
    control.sign * signatures + control.verify * verifications + kem.generate * keyPairs
      + kem.encapsulate * encapsulations + kem.decapsulate * decapsulations
  }

  /// The same with the whole of the library's HPKE in place of its KEM.
  func libraryTime(_ control: PrimitiveControl, _ kem: KEMControl) -> Duration {
    control.sign * signatures + control.verify * verifications + kem.generate * keyPairs
      + kem.seal * encapsulations + kem.open * decapsulations
  }
}

/// One row: an operation beside its floor and its reference, in rounds that measure the controls too.
struct MLSFigure {
  private(set) var time: Duration
  private(set) var floor: Duration
  /// Medians of the ratios within each round: what else the machine does weighs on both sides.
  private(set) var toFloor: Double
  private(set) var toLibrary: Double
  private(set) var toReference: Double?
  /// Whether the reference's share or the floor is reached, with 5 % for what a clock misses.
  private(set) var isMet: Bool?

  init(
    _ floor: MLSFloor, hybrid: Bool, reference: MLSReference?, rounds: Int, count: Int,
    _ body: () throws -> Void
  ) throws {
    var times: [Duration] = []
    var floors: [Duration] = []
    var toFloor: [Double] = []
    var toLibrary: [Double] = []
    var toReference: [Double] = []
    var toTarget: [Double] = []
    for _ in 0..<rounds {
      let control = try PrimitiveControl.sample(count: 20)
      let kem = try hybrid ? KEMControl.xWing(count: 8) : .x25519(count: 16)
      let time = try Timing.mean(count: count, body)
      let least = floor.time(control, kem)
      times.append(time)
      floors.append(least)
      toFloor.append(time / least)
      toLibrary.append(time / floor.libraryTime(control, kem))
      if let reference {
        let scaled = reference.scaled(by: control)
        toReference.append(time / scaled)
        toTarget.append(time / max(scaled * reference.share, least))
      }
    }
    time = times.median
    self.floor = floors.median
    self.toFloor = toFloor.median
    self.toLibrary = toLibrary.median
    if reference != nil {
      self.toReference = toReference.median
      isMet = toTarget.median <= 1.05
    }
  }
}
