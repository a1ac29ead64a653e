"""The forms in which other tools read findings, held against the rules of SARIF 2.1.0 (OASIS, sections 3.13 to 3.34) and of JUnit's XML;
and a program with six bugs, of which one run tells all."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

# What each object may have here, and whether it must: a property that is misspelt is read by nobody.
PROPERTIES: dict[str, dict[str, bool]] = {
    "log": {"version": True, "$schema": False, "runs": True},
    "run": {"tool": True, "results": True},
    "tool": {"driver": True},
    "driver": {"name": True, "version": False, "rules": False, "informationUri": False},
    "rule": {"id": True, "shortDescription": False, "defaultConfiguration": False},
    "result": {
        **{"message": True, "ruleId": False, "ruleIndex": False, "level": False, "locations": False},
        **{"relatedLocations": False, "partialFingerprints": False, "fixes": False},
    },
    "location": {"physicalLocation": False, "message": False, "id": False},
    "physicalLocation": {"artifactLocation": True, "region": False},
    "artifactLocation": {"uri": True},
    "region": {"startLine": True, "startColumn": False, "endLine": False, "endColumn": False, "snippet": False},
    "message": {"text": True},
    "fix": {"description": False, "artifactChanges": True},
    "artifactChange": {"artifactLocation": True, "replacements": True},
    "replacement": {"deletedRegion": True, "insertedContent": False},
}
URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})+")


def holds(kind: str, what: Any) -> None:
    allowed = PROPERTIES[kind]
    assert isinstance(what, dict), (kind, what)
    assert set(what) <= set(allowed), (kind, set(what) - set(allowed))
    assert {name for name, must in allowed.items() if must} <= set(what), (kind, what)


def location_holds(location: Any) -> None:
    holds("location", location)
    if "message" in location:
        holds("message", location["message"])
    if "physicalLocation" not in location:
        return
    physical = location["physicalLocation"]
    holds("physicalLocation", physical)
    holds("artifactLocation", physical["artifactLocation"])
    assert URI_REFERENCE.fullmatch(physical["artifactLocation"]["uri"])
    if "region" in physical:
        holds("region", physical["region"])
        assert all(isinstance(n, int) and n >= 1 for n in physical["region"].values())


def check_sarif(text: str) -> list[Any]:
    log = json.loads(text)
    holds("log", log)
    assert log["version"] == "2.1.0"
    results: list[Any] = []
    for run in log["runs"]:
        holds("run", run)
        holds("tool", run["tool"])
        driver = run["tool"]["driver"]
        holds("driver", driver)
        rules = driver.get("rules", [])
        for rule in rules:
            holds("rule", rule)
        ids = [rule["id"] for rule in rules]
        assert len(ids) == len(set(ids))
        for result in run["results"]:
            holds("result", result)
            holds("message", result["message"])
            assert result["message"]["text"]
            assert result["level"] in ("none", "note", "warning", "error")
            assert result["ruleId"] in ids
            if "ruleIndex" in result:
                assert ids[result["ruleIndex"]] == result["ruleId"]
            for location in [*result.get("locations", []), *result.get("relatedLocations", [])]:
                location_holds(location)
            for fix in result.get("fixes", []):
                holds("fix", fix)
                holds("message", fix["description"])
                for change in fix["artifactChanges"]:
                    holds("artifactChange", change)
                    assert URI_REFERENCE.fullmatch(change["artifactLocation"]["uri"])
                    for replacement in change["replacements"]:
                        holds("replacement", replacement)
                        holds("region", replacement["deletedRegion"])
            assert all(isinstance(v, str) and v for v in result.get("partialFingerprints", {}).values())
        results += run["results"]
    return results


def check_junit(text: str) -> list[Any]:
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    cases: list[Any] = []
    for suite in root:
        assert suite.tag == "testsuite"
        assert suite.get("name")
        own = list(suite)
        assert all(case.tag == "testcase" and case.get("name") and case.get("classname") for case in own)
        assert int(suite.get("tests", "-1")) == len(own)
        failures = [case for case in own if case.find("failure") is not None]
        assert int(suite.get("failures", "-1")) == len(failures)
        for case in own:
            assert {child.tag for child in case} <= {"failure", "error", "skipped", "system-out", "system-err"}
            failure = case.find("failure")
            assert failure is None or (failure.get("message") and failure.get("type"))
        cases += own
    return cases


SIX = textwrap.dedent(
    """
    import ttnn
    source = ttnn.KernelDescriptor.SourceType.SOURCE_CODE
    on = ttnn.CoreRangeSet([ttnn.CoreRange((0, 0), (2, 1))])
    device = ttnn.open_device(device_id=0)

    def kernel(text, config, args=()):
        text = '#include "api/dataflow/dataflow_api.h"\\n' + text
        given = [(ttnn.CoreCoord(x, y), list(args)) for x in range(3) for y in range(2)]
        return ttnn.KernelDescriptor(kernel_source=text, source_type=source, core_ranges=on, config=config, runtime_args=given)

    def buffer(index):
        f = ttnn.CBFormatDescriptor(buffer_index=index, data_format=ttnn.bfloat16, page_size=2048)
        return ttnn.CBDescriptor(total_size=4096, core_ranges=on, format_descriptors=[f])

    reader = kernel('''
    void kernel_main() {
        const uint32_t pages = get_arg_val<uint32_t>(2);                                    // 1: two are given
        noc_async_read(get_noc_addr_from_bank_id<true>(0, 0x7ffffff0), get_write_ptr(0), 64);  // 2: past the bank <&>
        noc_async_read_barrier();
        cb_reserve_back(0, 1);
        cb_push_back(0, 3);                                                                 // 3: two too many
    }
    ''', ttnn.ReaderConfigDescriptor(), [1, 2])
    writer = kernel('''
    void kernel_main() {
        noc_semaphore_inc(get_noc_addr(get_semaphore(5)), 1);                               // 4: nobody has declared it
        noc_async_write(get_write_ptr(1), get_noc_addr(40, 40, 4096), 64);                   // 5: there is no such core
        noc_async_write_barrier();
        noc_async_write(get_write_ptr(1), get_noc_addr(get_write_ptr(1) + 7), 64);           // 6: 7 bytes apart
        noc_async_write_barrier();
        noc_async_atomic_barrier();
    }
    ''', ttnn.WriterConfigDescriptor())
    a = ttnn.zeros((1, 1, 32, 32), ttnn.bfloat16, ttnn.TILE_LAYOUT, device)
    program = ttnn.ProgramDescriptor(kernels=[reader, writer], semaphores=[], cbs=[buffer(0), buffer(1)])
    ttnn.generic_op([a, a], program)
    """
)
OF_SIX = {"missing-runtime-arg", "noc-out-of-range", "cb-overrun", "no-such-semaphore", "noc-no-target", "noc-alignment"}


def test_six_bugs_are_six_findings_of_one_run(cli: Any, tmp_path: Path) -> None:
    program, answer = tmp_path / "six.py", tmp_path / "answer.json"
    program.write_text(SIX)
    assert cli("run", "--json", answer, program, check=False).returncode == 86
    findings = json.loads(answer.read_text())["findings"]
    errors = [f for f in findings if f["severity"] == "error"]
    assert {f["code"] for f in errors} == OF_SIX, [f["code"] for f in findings]
    assert len(errors) == 6
    for finding in errors:  # each at its own line, told once for all six cores
        kernel = SIX.split("= kernel(")[1 if finding["at"][0]["text"].find("reader") >= 0 else 2]
        line = ("#include\n" + kernel.split("'''")[1]).splitlines()[finding["at"][0]["line"] - 1]
        number = {"missing-runtime-arg": 1, "noc-out-of-range": 2, "cb-overrun": 3, "no-such-semaphore": 4}
        number |= {"noc-no-target": 5, "noc-alignment": 6}
        assert f"// {number[finding['code']]}:" in line
        assert "5 other cores" in finding["at"][-1]["text"]


def test_the_reports_of_a_run_are_valid_and_say_the_same(cli: Any, tmp_path: Path) -> None:
    program, sarif, junit, answer = (tmp_path / name for name in ("six <&>.py", "out.sarif", "out.xml", "out.json"))
    program.write_text(SIX)
    cli("run", "--json", answer, "--sarif", sarif, "--junit", junit, program, check=False)
    findings = json.loads(answer.read_text())["findings"]
    results, cases = check_sarif(sarif.read_text()), check_junit(junit.read_text())
    assert [r["ruleId"] for r in results] == [f["code"] for f in findings]
    assert [r["level"] for r in results] == [f["severity"] for f in findings]
    assert [c.get("classname") for c in cases] == [f["code"] for f in findings]
    assert [c.find("failure") is not None for c in cases] == [f["severity"] == "error" for f in findings]
    for result, finding in zip(results, findings, strict=True):
        physical = result["locations"][0]["physicalLocation"]
        assert unquote(physical["artifactLocation"]["uri"]) == finding["at"][0]["file"]
        assert physical["region"]["startLine"] == finding["at"][0]["line"]


def test_the_reports_of_a_run_without_findings_are_valid(cli: Any, tmp_path: Path) -> None:
    program, sarif, junit = tmp_path / "nothing.py", tmp_path / "out.sarif", tmp_path / "out.xml"
    program.write_text("import ttnn\n")
    cli("run", "--sarif", sarif, "--junit", junit, program)
    assert check_sarif(sarif.read_text()) == []
    (only,) = check_junit(junit.read_text())
    assert only.find("failure") is None


def test_an_exception_of_the_programs_own_is_in_the_reports(cli: Any, tmp_path: Path) -> None:
    program, sarif, junit = tmp_path / "raises.py", tmp_path / "out.sarif", tmp_path / "out.xml"
    program.write_text('raise ValueError("<not> \\x07 & \\"right\\"")\n')
    assert cli("run", "--sarif", sarif, "--junit", junit, program, check=False).returncode == 1
    (result,) = check_sarif(sarif.read_text())
    assert result["ruleId"] == "program-raised"
    check_junit(junit.read_text())


def test_the_linters_sarif_is_valid(cli: Any, tmp_path: Path) -> None:
    kernel = tmp_path / "a b" / "kernels" / "reader.cpp"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('#include "dataflow_api.h"\nvoid kernel_main() { cb_push_back(0, 1); }\n')
    results = check_sarif(cli("lint", tmp_path, "--static", "--format", "sarif", check=False).stdout)
    assert any(result.get("fixes") for result in results)
