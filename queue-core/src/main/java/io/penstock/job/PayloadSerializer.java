package io.penstock.job;

import java.lang.reflect.RecordComponent;

/**
 * Turns payloads into JSON and back. An implementation is safe for use by many threads, reads only into the class that it
 * is given, and never takes a class name from the text.
 */
public interface PayloadSerializer {

    /**
     * Writes a payload as JSON.
     *
     * @throws io.penstock.error.RefusedException if the payload cannot be written
     */
    String write(Record payload);

    /**
     * Reads a payload from JSON.
     *
     * @throws io.penstock.error.RefusedException if the text is not a payload of that class
     */
    <P extends Record> P read(String json, Class<P> payloadClass);

    /** The names that a payload of the class is made of, for messages. */
    static String describe(Class<? extends Record> payloadClass) {
        StringBuilder names = new StringBuilder(payloadClass.getSimpleName()).append('(');
        for (RecordComponent component : payloadClass.getRecordComponents()) {
            names.append(names.charAt(names.length() - 1) == '(' ? "" : ", ").append(component.getName());
        }
        return names.append(')').toString();
    }
}
