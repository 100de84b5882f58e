import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.wso2.config.mapper.ConfigParser;

/**
 * Renders one deployment.toml after another with the config mapper on its class path, in one JVM.
 *
 * <p>Argument: a copy of the pack's resources (the mapper writes its metadata into it). Standard input:
 * a line {@code TOML<tab>OUT} for each job, OUT an empty folder. Standard output: a line for each job, {@code ok} or
 * {@code error<tab>CLASS<tab>MESSAGE}. What the mapper and its libraries log or print goes to standard error.
 */
public class RenderMany {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, "UTF-8");
        System.setOut(System.err);
        BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
            String[] paths = job.split("\t");
            answers.println(render(paths[0], arguments[0], paths[1]));
        }
    }

    private static String render(String toml, String resources, String out) {
        try {
            ConfigParser.parse(toml, resources, out);
            return "ok";
        } catch (Exception | StackOverflowError failure) {
            return "error\t" + failure.getClass().getName() + "\t" + oneLine(failure.getMessage());
        }
    }

    private static String oneLine(String message) {
        return message == null ? "" : message.replaceAll("\\s+", " ");
    }
}
