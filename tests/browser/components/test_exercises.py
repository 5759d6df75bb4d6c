"""Exercises in Chromium: filled in by keys, checked, solved, remembered, and taken away as a sheet."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from app.lab.section import build_exercises_section
from models.exercises.catalogue import EXERCISES, find_exercise
from models.exercises.exercise import pose_exercise
from models.exercises.sheet import grade_sheet, read_sheet
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds


@pytest.fixture
def open_exercises(open_harness):
    def open_exercises(**options):
        harness = open_harness(build_exercises_section("inspection"), **options)
        harness.page.locator(".gb-exercises details").first.wait_for(state="attached")
        return harness.page

    return open_exercises


def give_name(page, name):
    page.get_by_label("Your name or number").fill(name)
    page.locator(f".gb-exercises[data-shown='{name}']").wait_for()


def open_exercise(page, key):
    details = page.locator(f"details[data-key='{key}']")
    details.wait_for(state="attached")
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    return details


def test_a_grid_is_filled_in_by_keys_checked_and_remembered(open_exercises, tmp_path):
    page = open_exercises()
    give_name(page, "Ada")
    details = open_exercise(page, "convolution")
    reply = details.get_by_role("status")
    details.get_by_role("button", name="Check").click()
    expect(reply).to_have_text("Row 1, column 1 is empty.")
    answer = pose_exercise(find_exercise("convolution"), "Ada").answer
    expect(details.get_by_role("textbox").first).to_be_focused()
    for value in np.ravel(answer.slips[0].value):
        page.keyboard.type(f"{value:g}")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(reply).to_contain_text("The bias is missing in every cell")
    assert details.locator("[aria-invalid='true']").count() == 9
    for field, value in zip(details.get_by_role("textbox").all(), np.ravel(answer.right), strict=True):
        field.fill(f"{value:g}")
    page.keyboard.press("Enter")
    expect(reply).to_have_text("Right.")
    expect(page.locator(".gb-exercises-progress")).to_have_text("1 of 15 right.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my answer sheet").click()
    assert download.value.suggested_filename == "answers-ada.json"
    download.value.save_as(tmp_path / "sheet.json")
    sheet = read_sheet((tmp_path / "sheet.json").read_bytes())
    assert grade_sheet(sheet)["convolution"] == "right"
    assert sheet.answers[0].tries == 2
    give_name(page, "Grace")
    expect(page.locator(".gb-exercises-progress")).to_have_text("0 of 15 right.")
    expect(reply).to_have_text("")


def test_a_name_that_folds_otherwise_in_python_gets_its_numbers(open_exercises):
    page = open_exercises()
    for name in ("Strauß", "Γιώργος"):
        page.get_by_label("Your name or number").fill(name)
        page.locator(f".gb-exercises[data-shown='{name}']").wait_for()
        details = page.locator("details[data-key='convolution']")
        details.evaluate("(each) => { each.open = true; }")
        image = pose_exercise(find_exercise("convolution"), name).text.split("pmatrix}")[1]
        first_row = image.split(r" \\ ")[0].split(" & ")
        expect(details.locator("mtable").first.locator("mtr").first).to_have_text("".join(first_row))


def test_a_solution_is_folded_and_giving_up_is_noted(open_exercises):
    page = open_exercises(viewport=NARROW, theme="dark")
    give_name(page, "Ada")
    details = open_exercise(page, "edge")
    solve = details.get_by_role("button", name="Give up and show the solution")
    expect(solve).to_be_visible()
    wrong = (pose_exercise(find_exercise("edge"), "Ada").answer.right + 1) % 4
    details.get_by_role("radio").nth(wrong).check()
    details.get_by_role("button", name="Check").click()
    expect(details.locator(".gb-exercises-state")).to_have_text("not yet")
    details.get_by_role("button", name="Show the solution").click()
    expect(details.locator(".gb-exercises-solution")).to_contain_text("minus the other")
    details.get_by_role("radio").nth((wrong + 3) % 4).check()
    details.get_by_role("button", name="Check").click()
    expect(details.locator(".gb-exercises-state")).to_have_text("right, after the solution")
    kept = page.evaluate("JSON.parse(localStorage['glassbox-answers']).sheets[0].answers.edge")
    assert kept["gaveUp"]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_lesson_can_lock_the_solutions(open_harness):
    harness = open_harness(build_exercises_section("inspection"))
    part = harness.take("inspection-exercises")
    harness.page.evaluate("history.replaceState(null, '', '?solutions=off')")
    harness.show(part)
    details = open_exercise(harness.page, "edge")
    expect(details).to_contain_text("The solutions are locked by this link.")
    expect(details.get_by_role("button")).to_have_text(["Check", "Add to my report"])


def test_a_teacher_drops_many_sheets_and_takes_the_table(open_exercises, tmp_path):
    page = open_exercises()
    names = ["ada", "grace", "<img src=x onerror=alert(1)>"]
    sheets = [{"schema": 1, "name": name, "seconds": 90, "answers": []} for name in names] * 4
    files = [
        {"name": f"{index}.json", "mimeType": "application/json", "buffer": json.dumps(sheet).encode()}
        for index, sheet in enumerate(sheets)
    ]
    files.append({"name": "holiday.json", "mimeType": "application/json", "buffer": b"{"})
    page.get_by_text("For teachers: check answer sheets").click()
    grading = page.locator(".gb-exercises-grading")
    grading.locator("input[type='file']").set_input_files(files)
    expect(grading.get_by_role("status")).to_have_text("12 of 13 could be read.")
    assert grading.locator("tbody tr").count() == 12
    assert grading.locator("tbody th").nth(2).inner_text() == names[2]
    expect(grading.locator(".gb-exercises-mistakes")).to_contain_text(
        "holiday.json: It is not an answer sheet"
    )
    with page.expect_download() as download:
        grading.get_by_role("button", name="CSV with decimal commas").click()
    download.value.save_as(tmp_path / "answers.csv")
    lines = (tmp_path / "answers.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 13
    assert lines[1].startswith(f"0.json;ada;0;{len(EXERCISES)};0;90;")


def test_a_folder_among_the_sheets_is_named_and_the_next_files_are_checked(open_exercises):
    page = open_exercises()
    page.get_by_text("For teachers: check answer sheets").click()
    grading = page.locator(".gb-exercises-grading")
    expect(grading.get_by_role("status")).to_be_attached()  # its script comes when it is opened
    sheet = json.dumps({"schema": 1, "name": "ada", "seconds": 90, "answers": []})
    drop = """(place, [sheet, hasFolder]) => {
      const dropped = [new File([sheet], "ada.json")];
      if (hasFolder) {
        const folder = new File([], "course");
        folder.slice = () => ({ text: () => Promise.reject(new DOMException("", "NotReadableError")) });
        dropped.push(folder);
      }
      const event = new Event("drop", { bubbles: true });
      Object.assign(event, { dataTransfer: { files: dropped } });
      place.querySelector("[role='status']").dispatchEvent(event);
    }"""
    grading.evaluate(drop, [sheet, True])
    expect(grading.get_by_role("status")).to_have_text("1 of 2 could be read.")
    expect(grading.locator(".gb-exercises-mistakes")).to_contain_text("course: It is not an answer sheet")
    grading.evaluate(drop, [sheet, False])
    expect(grading.get_by_role("status")).to_have_text("1 of 1 could be read.")
    expect(grading.locator("tbody tr")).to_have_count(1)
