/* The demo's service with silence that the law takes for a decision: a boundary timer at the officer's task, five
 * working days after the clock `notice` has started. For tests that need a timer with legal effect; no pack has it. */
#ifndef YC_TESTS_CASE_SILENCE_H
#define YC_TESTS_CASE_SILENCE_H

#include "bench.h"

static const char boundary[] =
    "<bpmn:boundaryEvent id=\"unanswered\" attachedToRef=\"decide\"><bpmn:outgoing>to_silence</bpmn:outgoing>"
    "<bpmn:timerEventDefinition id=\"five_days\"><bpmn:timeDuration>P5D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    "<bpmn:sequenceFlow id=\"to_silence\" sourceRef=\"unanswered\" targetRef=\"letter\" />"
    "<bpmn:serviceTask id=\"letter\" name=\"制作决定书\">";
static const char silence[] =
    "\"silence\": [{\"timer\": \"unanswered\", \"clock\": \"notice\", \"outcome\": \"NO_PENALTY\"}], \"clocks\": ["
    "{\"id\": \"notice\", \"name\": {\"zh\": \"一次告知\", \"en\": \"One notice\"}, \"start\": \"created\", \"stop\": \"decided\","
    "\"statutory\": {\"n\": 5, \"unit\": \"working\"}, \"law\": [\"rtvp:44\"]},";

static inline void add_silence(Bench *b, PackFile *files, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Str *bytes = &files[i].bytes;
        if (str_is(files[i].name, "process.bpmn")) *bytes = replaced(b, *bytes, "<bpmn:serviceTask id=\"letter\" name=\"制作决定书\">", boundary);
        if (str_is(files[i].name, "process.bpmn"))
            *bytes = replaced(b, *bytes, "<bpmn:incoming>to_letter</bpmn:incoming>", "<bpmn:incoming>to_letter</bpmn:incoming><bpmn:incoming>to_silence</bpmn:incoming>");
        if (str_is(files[i].name, "pack.json")) *bytes = replaced(b, *bytes, "\"clocks\": [", silence);
    }
}

#endif
