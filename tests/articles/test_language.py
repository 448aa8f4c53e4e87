from pipeline.articles.language import find_language

ENGLISH = (
    "Two dozen civilians were killed in air raids on the city on Sunday, a monitoring group said in a statement. " * 2
)
ARABIC = "قتل أربعة وعشرون مدنيا في غارات جوية على المدينة يوم الأحد حسبما قالت مجموعة مراقبة في بيان لها. " * 2


def test_the_text_decides_whatever_was_declared() -> None:
    language, probability = find_language(ARABIC, "en")

    assert language == "ar"
    assert 0.9 < probability <= 1.0


def test_the_same_text_gives_the_same_probability() -> None:
    assert find_language(ENGLISH, None) == find_language(ENGLISH, "ar")


def test_of_a_short_text_the_declared_language_is_taken_without_probability() -> None:
    assert find_language("Raqqa: 24 morts", "fr") == ("fr", 0.0)
