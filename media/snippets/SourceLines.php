<?php

use OpenTelemetry\Context\ContextInterface;
use OpenTelemetry\SDK\Common\Future\CancellationInterface;
use OpenTelemetry\SDK\Trace\ReadableSpanInterface;
use OpenTelemetry\SDK\Trace\ReadWriteSpanInterface;
use OpenTelemetry\SDK\Trace\SpanProcessorInterface;

/** Puts the line of the program's own code on each span as it starts. */
final class SourceLines implements SpanProcessorInterface
{
    public function onStart(ReadWriteSpanInterface $span, ContextInterface $parentContext): void
    {
        $frames = debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS, 64);
        foreach ($frames as $i => $frame) {
            $file = $frame['file'] ?? '';
            if ($file === '' || $file === __FILE__ || str_contains($file, DIRECTORY_SEPARATOR . 'vendor' . DIRECTORY_SEPARATOR)) {
                continue;
            }
            // A frame has the place of the call, the next one the function it stands in.
            $in = $frames[$i + 1] ?? [];
            $span->setAttribute('code.file.path', $file);
            $span->setAttribute('code.line.number', $frame['line'] ?? 0);
            if (isset($in['function'])) {
                $class = isset($in['class']) ? $in['class'] . '::' : '';
                $span->setAttribute('code.function.name', $class . $in['function']);
            }
            return;
        }
    }

    public function onEnd(ReadableSpanInterface $span): void
    {
    }

    public function forceFlush(?CancellationInterface $cancellation = null): bool
    {
        return true;
    }

    public function shutdown(?CancellationInterface $cancellation = null): bool
    {
        return true;
    }
}
// TracerProvider::builder()->addSpanProcessor(new SourceLines())->…
