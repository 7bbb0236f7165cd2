"""The Danish words with which a closure is only for some people or uses."""

FOR_SOME = (
    "for [alle|al|de|større|mindre|små|store|unge|ældre] "
    "(børn*|unge*|ung|voksne*|voksen*|herre*|dame*|kvinde*|mænd*|pige*|dreng*|senior*|junior*|ungdom*|motion*|"
    "oldboys|veteran*|hold|holdet|holdene|spillere*|træning*|kampe|stævner|publikum|tilskuer*|gæst*|hund*|"
    "skole*|klub*|medlem*|bil*|cykl*|offentlig*|andre)",
    "(kun|bare|undtagen) (for|til)", "kun (børn*|voksne|herre*|dame*|hold*|træning*|kampe|skole*|klub*|medlem*)",
    "(alle|alt) andre", "andre end",
)  # fmt: skip
