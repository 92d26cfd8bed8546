// SPDX-License-Identifier: Apache-2.0

/// Figures of a relay with what stands beside them: the control, and whether a target can be judged.
struct RelayReport {
  typealias AppendRun = Control.Steady<(Double, LoadOutcome)>

  let control: Control
  /// Whether others kept the cores busy before the load began.
  let isBusy: Bool

  static func appendTable(_ title: String) -> FigureTable {
    FigureTable(
      title, "per second", "p50 us", "p99 us", "p99.9 us", "refused", "flush us", "sign us",
      "run", "target", "")
  }

  func add(_ title: String, _ run: AppendRun, _ target: RelayTarget?, to table: inout FigureTable) {
    let (rate, outcome) = run.figure
    let (p50, p99) = (outcome.histogram.percentile(0.5), outcome.histogram.percentile(0.99))
    table.add(
      title, figure(rate, 0), figure(p50, 0), figure(p99, 0),
      figure(outcome.histogram.percentile(0.999), 0), "\(outcome.refused)",
      figure(run.control.flush.microseconds, 0), figure(run.control.signature.microseconds),
      run.note,
      target?.text ?? "",
      target.map { target in
        judge(control: run.control) { slowness in
          target.isMet(rate: rate * slowness, p50: p50 / slowness, p99: p99 / slowness)
        }
      } ?? "")
  }

  /// The targets hold for a disk that flushes in a quarter of a millisecond, and idle cores that sign in
  /// 17 us.
  ///
  /// - Parameter isMet: whether the target is met where cores are so many times as fast.
  func judge(control: Control.Reading, _ isMet: (Double) -> Bool) -> String {
    if isMet(1) { return verdict(true) }
    if control.flush > .microseconds(250) { return "flush too slow to judge" }
    if isBusy { return "machine busy" }
    return isMet(control.slowness) ? "met at 17 us" : verdict(false)
  }
}
