// SPDX-License-Identifier: Apache-2.0

/// Figures of a relay with what stands beside them: the control, and whether a target can be judged.
struct RelayReport {
  typealias AppendRun = FlushControl.Steady<(Double, LoadOutcome)>

  let control: FlushControl
  /// Whether others kept the cores busy before the load began.
  let isBusy: Bool

  static func appendTable(_ title: String) -> FigureTable {
    FigureTable(
      title, "per second", "p50 us", "p99 us", "p99.9 us", "refused", "flush us", "run", "target",
      "")
  }

  func add(_ title: String, _ run: AppendRun, _ target: RelayTarget?, to table: inout FigureTable) {
    let (rate, outcome) = run.figure
    let (p50, p99) = (outcome.histogram.percentile(0.5), outcome.histogram.percentile(0.99))
    table.add(
      title, figure(rate, 0), figure(p50, 0), figure(p99, 0),
      figure(outcome.histogram.percentile(0.999), 0), "\(outcome.refused)",
      figure(run.control.microseconds, 0), run.note, target?.text ?? "",
      target.map { judge($0.isMet(rate: rate, p50: p50, p99: p99), control: run.control) } ?? "")
  }

  /// The targets hold for a disk that flushes in a quarter of a millisecond, and idle cores.
  func judge(_ isMet: Bool, control: Duration) -> String {
    if isMet { return verdict(true) }
    if control > .microseconds(250) { return "flush too slow to judge" }
    return isBusy ? "machine busy" : verdict(false)
  }
}
