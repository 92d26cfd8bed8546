// SPDX-License-Identifier: Apache-2.0

extension FormWords {
  static let german = FormWords(
    headings: Headings(
      introduction: {
        """
        Einwilligung in Nachrichten als Teil der Psychotherapie

        \($0) bietet Ihnen an, zwischen den Sitzungen Nachrichten auszutauschen. Dieses Formular sagt, \
        was das bedeutet, was es kann und was nicht, und was mit dem geschieht, was Sie schreiben. \
        Lesen Sie es bitte in Ruhe und fragen Sie nach, bevor Sie unterschreiben. Sie entscheiden über \
        jeden Punkt einzeln.
        """
      },
      practice: "Wer das anbietet", licence: "Zulassung", contact: "Kontakt",
      scopes: "Worin Sie einwilligen können, jeweils einzeln", purposes: "Wozu es dient",
      data: "Was gespeichert wird, wo und wie lange", recipients: "Wer es lesen kann",
      risks: "Risiken", benefits: "Was helfen kann", alternatives: "Was Sie stattdessen tun können",
      limits: "Grenzen der Schweigepflicht", answers: "Wann Sie mit einer Antwort rechnen können",
      failure: "Wenn die Technik versagt", emergency: "Nicht für Notfälle",
      withdrawal: "Sie können jederzeit aufhören", refusing: "Wenn Sie das nicht möchten",
      scopeName: { scope in
        switch scope {
        case .text: "Textnachrichten"
        case .voice: "Sprachnachrichten"
        case .image: "Bilder"
        case .file: "Dateien"
        case .live: "Gespräche in Echtzeit"
        case .questionnaires: "Fragebögen"
        case .supervision: "Supervision"
        case .recording: "Aufzeichnung"
        case .research: "Forschung"
        }
      },
      dates: {
        "Diese Einwilligung gilt vom \($0) bis zum \($1), sofern Sie sie nicht früher widerrufen."
      }
    ),
    purposeOf: { scope in
      switch scope {
      case .text: "geschriebene Nachrichten zwischen den Sitzungen"
      case .voice: "gesprochene Nachrichten zwischen den Sitzungen"
      case .image: "Bilder, die Sie oder die Praxis senden"
      case .file: "Dokumente wie Arbeitsblätter oder Briefe"
      case .live: "Gespräche zur selben Zeit, schriftlich oder mündlich, nach Verabredung"
      case .questionnaires: "Fragebögen zu Ihrem Befinden, wie in der Sitzung besprochen"
      case .supervision: "Auszüge werden ohne Ihren Namen in der Supervision besprochen"
      case .recording: "Sitzungen werden aufgezeichnet, jedes Mal erst nach erneuter Rückfrage"
      case .research: "Ihre Antworten werden ohne Ihren Namen für Forschung verwendet"
      }
    },
    purposes: [
      "Ihre Behandlung zwischen den Sitzungen zu unterstützen.",
      "Termine zu vereinbaren und Material für die Behandlung zu übergeben.",
      "Die Behandlung so zu dokumentieren, wie es das Gesetz von der Praxis verlangt.",
    ],
    kept:
      "Die Nachrichten, die Zeitpunkte, zu denen sie gesendet und gelesen wurden, und diese Einwilligung "
      + "mit allen Änderungen.",
    place:
      "Verschlüsselt auf den Geräten der Praxis und auf Ihrem. Die Vermittlungsstelle dazwischen bewahrt "
      + "verschlüsselte Umschläge auf, die sie nicht lesen kann, und weiß nicht, wer Sie sind.",
    retention: { days in
      days == 0
        ? "Wird mit dem Ende der Behandlung gelöscht, sofern das Gesetz nicht mehr verlangt."
        : "Wird \(days) Tage nach dem Ende der Behandlung gelöscht, sofern das Gesetz nicht verlangt, dass "
          + "die Praxis ihre Dokumentation länger aufbewahrt."
    },
    recipients: { practice, supervisor in
      ["Nur \(practice); die Vermittlungsstelle kann nichts lesen."]
        + (supervisor.map {
          ["\($0), zur Supervision, Auszüge ohne Ihren Namen, und nur wenn Sie darin einwilligen."]
        } ?? [])
    },
    risks: [
      "Ohne Stimme und Gesicht werden Nachrichten leichter missverstanden, und eine Diagnose oder eine Krise "
        + "wird leichter übersehen.",
      "Wer Ihr entsperrtes Gerät benutzen kann, kann mitlesen. Wählen Sie eine Passphrase, die sonst niemand "
        + "kennt.",
      "Ein Gerät kann verloren gehen oder angegriffen werden. Verschlüsselung schützt Nachrichten unterwegs "
        + "und im Speicher, nicht vor den Augen von jemandem, der hinter Ihnen steht.",
      "Das Recht der Behandlung auf Entfernung ist von Land zu Land verschieden und nicht überall geklärt. "
        + "Wenn Sie verreisen oder umziehen, sagen Sie es der Praxis vorher.",
      "Nachrichten, die heute mitgeschnitten werden, sind auch gegen künftige Quantencomputer verschlüsselt; "
        + "die Unterschriften unter dieser Einwilligung sind es nicht.",
    ],
    benefits: [
      "Sie können festhalten, was wichtig ist, wenn es geschieht.",
      "Was in der Sitzung vereinbart wurde, lässt sich im Alltag aufgreifen.",
      "Manches lässt sich schreibend leichter sagen.",
    ],
    alternatives: [
      "Nur in den Sitzungen zu sprechen.",
      "Die Praxis zu ihren Sprechzeiten anzurufen oder einen Brief zu schicken.",
      "Eine andere Praxis oder eine Behandlung vor Ort in Ihrer Nähe.",
    ],
    limits: [
      "Die Praxis unterliegt der Schweigepflicht. Sie darf oder muss sie nur brechen, wo das Gesetz es sagt: "
        + "bei akuter Gefahr für Ihr Leben oder das anderer, bei Gefahr für ein Kind oder auf Anordnung "
        + "eines Gerichts.",
      "Muss die Praxis sie brechen, so sagt sie es Ihnen vorher, wann immer das möglich ist.",
      "In Supervision und unter Kollegen wird Ihr Fall nur besprochen, wenn Sie einwilligen, und ohne Ihren "
        + "Namen.",
    ],
    responseTime: {
      "Nachrichten werden an Werktagen gelesen und \($0) beantwortet. Bleibt eine Antwort aus, heißt das "
        + "nicht, dass sich niemand kümmert: Es kann Wochenende, Urlaub oder eine Störung sein."
    },
    defaultAnswersWithin: "innerhalb von zwei Werktagen",
    failure:
      "Kommen Nachrichten nicht an oder geht ein Gerät verloren, rufen Sie die Praxis an. Was nicht "
      + "warten kann, wird nie einer Nachricht überlassen. Ein Widerruf kann auch als Datei übergeben oder "
      + "persönlich erklärt werden.",
    emergencyPlan:
      "Wenn Sie in Gefahr sind oder daran denken, sich etwas anzutun, schreiben Sie keine Nachricht. Rufen Sie "
      + "eine dieser Nummern an oder gehen Sie in die nächste Notaufnahme. Vereinbaren Sie in der ersten "
      + "Sitzung mit der Praxis, wen sie anrufen soll, wenn sie sich um Sie sorgt.",
    emergencyNumbers: [
      "112 (Notruf)", "116 117 (ärztlicher Bereitschaftsdienst)",
      "0800 1110111 (Telefonseelsorge, kostenlos, rund um die Uhr)",
    ],
    withdrawal:
      "Sie können diese Einwilligung jederzeit widerrufen, ganz oder für einen einzelnen Punkt, ohne "
      + "Angabe von Gründen und ohne Nachteil: 'alcove consent withdraw'. Der Widerruf gilt ab dann; was "
      + "vorher geschah, bleibt rechtmäßig.",
    redisclosure:
      "Was jemand anderes rechtmäßig erhalten hat - ein Gericht, ein Kostenträger, Sie selbst -, "
      + "kann von dort weitergegeben werden; die Praxis kann es dort nicht mehr schützen.",
    refusing:
      "Ihre Behandlung hängt weder von dieser Einwilligung noch von einem ihrer Punkte ab. Wenn Sie "
      + "ablehnen, geht sie in den Sitzungen weiter wie bisher.")
}
