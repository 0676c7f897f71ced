// Lucene's analyzers under the names that Elasticsearch's own module analysis-common gives them: the
// distribution that the tests run on comes without that module, servers of newsrooms have it.

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.de.GermanNormalizationFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractCharFilterFactory;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.Plugin;
import org.tartarus.snowball.ext.RussianStemmer;

public class AnalysisPlugin extends Plugin implements org.elasticsearch.plugins.AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        Map<String, Supplier<Analyzer>> made = Map.of("english", EnglishAnalyzer::new, "german", GermanAnalyzer::new,
            "french", FrenchAnalyzer::new, "spanish", SpanishAnalyzer::new, "russian", RussianAnalyzer::new, "cjk", CJKAnalyzer::new);
        Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> all = new HashMap<>();
        made.forEach((language, make) -> {
            all.put(language, (index, environment, name, settings) -> new AbstractIndexAnalyzerProvider<>(name, settings) {
                private final Analyzer analyzer = make.get();  // of this index alone, which closes it

                @Override
                public Analyzer get() {
                    return analyzer;
                }
            });
        });
        return all;
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
            "asciifolding", filter(settings -> ASCIIFoldingFilter::new),
            "cjk_width", filter(settings -> CJKWidthFilter::new),
            "german_normalization", filter(settings -> GermanNormalizationFilter::new),
            "stemmer", filter(settings -> words -> new SnowballFilter(words, new RussianStemmer())),
            "elision", filter(settings -> {
                CharArraySet articles = new CharArraySet(settings.getAsList("articles", List.of("l")), true);
                return words -> new ElisionFilter(words, articles);
            }));
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        return Map.of("mapping", (index, environment, name, settings) -> {
            NormalizeCharMap.Builder map = new NormalizeCharMap.Builder();
            for (String rule : settings.getAsList("mappings")) {
                String[] sides = rule.split("=>");
                map.add(unescaped(sides[0].trim()), unescaped(sides[1].trim()));
            }
            NormalizeCharMap built = map.build();
            return new AbstractCharFilterFactory(name) {
                @Override
                public java.io.Reader create(java.io.Reader reader) {
                    return new MappingCharFilter(built, reader);
                }
            };
        });
    }

    private static String unescaped(String side) {
        return side.startsWith("\\u") ? Character.toString(Integer.parseInt(side.substring(2), 16)) : side;
    }

    private static AnalysisProvider<TokenFilterFactory> filter(Function<Settings, Function<TokenStream, TokenStream>> make) {
        return (index, environment, name, settings) -> {
            Settings given = settings == null ? Settings.EMPTY : settings;
            Function<TokenStream, TokenStream> wrap = make.apply(given);
            return new AbstractTokenFilterFactory(name, given) {
                @Override
                public TokenStream create(TokenStream words) {
                    return wrap.apply(words);
                }
            };
        };
    }
}
